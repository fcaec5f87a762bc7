import { namePart } from '../task-name.ts';

/** As for DCS, changing these names creates duplicates of existing tasks, because a task is found by its name. */

/** SMS: all sources agree on 4 to 20 letters, digits and `_` (reference of CreateTask, 2025-01-24, and reports). 20 - 1 - 8. */
export const SMS_NAME_PART = 11;

/** The part of an SMS task's name before the run's id; from the job's name if nothing is left of `name`. Empty if nothing is left of either. */
export function smsNamePart(name: string | undefined, job: string): string {
  const part = (text: string) => namePart(text, /[^A-Za-z0-9_]+/g, '_', SMS_NAME_PART);
  return part(name ?? '') || part(job);
}

/** `<name>_<first 8 of the run>`, valid in SMS for any name: at most 20 of `[A-Za-z0-9_]`, starting with a letter. */
export function smsTaskName(name: string | undefined, job: string, run: string): string {
  return `${smsNamePart(name, job)}_${run.slice(0, 8)}`;
}

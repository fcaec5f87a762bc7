import { namePart } from '../task-name.ts';

/** As in DCS a change here makes duplicates of tasks that were created before it: a task is found again by its name. */

/** SMS: 4 to 20 letters, digits, `_` is what every source agrees on (reference of CreateTask, 2025-01-24, and reports). 20 - 1 - 8. */
export const SMS_NAME_PART = 11;

/** The part of an SMS task's name before the run's id; the job's where nothing is left of the name. Empty when nothing is left of either. */
export function smsNamePart(name: string | undefined, job: string): string {
  const part = (text: string) => namePart(text, /[^A-Za-z0-9_]+/g, '_', SMS_NAME_PART);
  return part(name ?? '') || part(job);
}

/** `<name>_<first 8 of the run>`, legal in SMS whatever the name is: within 20 of `[A-Za-z0-9_]`, a letter first. */
export function smsTaskName(name: string | undefined, job: string, run: string): string {
  return `${smsNamePart(name, job)}_${run.slice(0, 8)}`;
}

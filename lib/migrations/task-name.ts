/**
 * The names of tasks. They carry the run's id, so that a task can be found again without any record of ours: a change here makes
 * duplicates of tasks that were created before it.
 */

/** Console rule of DCS (OTC umn dcs-migration-0312004): a letter, then letters, digits, `-`, `_`; 4 to 64 in all. 64 - 1 - 12. */
const DCS_NAME_PART = 51;
/** SMS: 4 to 20 letters, digits, `_` is what every source agrees on (reference of CreateTask, 2025-01-24, and reports). 20 - 1 - 8. */
export const SMS_NAME_PART = 11;

function namePart(name: string, others: RegExp, joint: string, most: number): string {
  return name
    .replace(others, joint)
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, most);
}

/**
 * `<name>-<first 12 of the run>`, legal in DCS whatever the name is: within 64 of `[A-Za-z0-9_-]`, a letter first. A name of which
 * nothing is left, or none at all, gives the job's.
 */
export function dcsTaskName(name: string | undefined, job: string, run: string): string {
  const part = (text: string) => namePart(text, /[^A-Za-z0-9_-]+/g, '-', DCS_NAME_PART);
  return `${part(name ?? '') || part(job)}-${run.slice(0, 12)}`;
}

/** The part of an SMS task's name before the run's id; the job's where nothing is left of the name. Empty when nothing is left of either. */
export function smsNamePart(name: string | undefined, job: string): string {
  const part = (text: string) => namePart(text, /[^A-Za-z0-9_]+/g, '_', SMS_NAME_PART);
  return part(name ?? '') || part(job);
}

/** `<name>_<first 8 of the run>`, legal in SMS whatever the name is: within 20 of `[A-Za-z0-9_]`, a letter first. */
export function smsTaskName(name: string | undefined, job: string, run: string): string {
  return `${smsNamePart(name, job)}_${run.slice(0, 8)}`;
}

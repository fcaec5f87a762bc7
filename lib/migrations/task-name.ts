/**
 * The names of tasks. They carry the run's id, so that a task can be found again without any record of ours: a change here makes
 * duplicates of tasks that were created before it.
 */

/** Console rule of DCS (OTC umn dcs-migration-0312004): a letter, then letters, digits, `-`, `_`; 4 to 64 in all. 64 - 1 - 12. */
const DCS_NAME_PART = 51;

/** The part of a name that a service takes: `others` become the joint, and it begins with a letter. */
export function namePart(name: string, others: RegExp, joint: string, most: number): string {
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

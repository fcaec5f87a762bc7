/**
 * The names of tasks. They contain the run's id, so that a task can be found without any record of ours. Changing them creates duplicates of
 * existing tasks.
 */

/** Console rule of DCS (OTC umn dcs-migration-0312004): a letter, then letters, digits, `-`, `_`; 4 to 64 in all. 64 - 1 - 12. */
const DCS_NAME_PART = 51;

/** The part of a name that a service accepts: `others` are replaced by the separator, and it begins with a letter. */
export function namePart(name: string, others: RegExp, separator: string, maxLength: number): string {
  return name
    .replace(others, separator)
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, maxLength);
}

/**
 * `<name>-<first 12 of the run>`, valid in DCS for any name: at most 64 of `[A-Za-z0-9_-]`, starting with a letter. The job's name is used if there
 * is no name, or if nothing is left of it.
 */
export function dcsTaskName(name: string | undefined, job: string, run: string): string {
  const part = (text: string) => namePart(text, /[^A-Za-z0-9_-]+/g, '-', DCS_NAME_PART);
  return `${part(name ?? '') || part(job)}-${run.slice(0, 12)}`;
}

/** The value of `enterprise_project_id` that means all of them. */
const ALL_PROJECTS = 'all_granted_eps';

/** Whether a row matches a filter; an absent filter matches every row. */
export function matches<T>(wanted: T | undefined, actual: unknown): boolean {
  return wanted === undefined || wanted === actual;
}

/** Whether a row belongs to the enterprise project of a filter. */
export function isIn(wanted: string | undefined, project: unknown): boolean {
  return wanted === ALL_PROJECTS || matches(wanted, project);
}

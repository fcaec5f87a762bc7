/** Groups of two or more jobs that have the same key, in the order of their first jobs. Jobs without a key are left out. */
export function groupJobs<Job>(jobs: readonly Job[], keyOf: (job: Job) => string | undefined): Job[][] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = keyOf(job);
    if (key === undefined) continue;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(job);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The groups of at least two jobs that have a key in common, in order of their first jobs. A job without a key is in none. */
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

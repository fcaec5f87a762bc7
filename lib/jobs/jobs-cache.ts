import type { JobsOptions } from './check-jobs.ts';
import { type LoadedJobs, loadJobs } from './load-jobs.ts';

/** Loads a jobs file once per instance. A file that was refused is read again at the next call, so nothing refused is ever returned. */
export function makeJobsCache(options: JobsOptions = {}): { get(path: string): Promise<LoadedJobs> } {
  const loaded = new Map<string, Promise<LoadedJobs>>();
  return {
    get: (path) => {
      const known = loaded.get(path);
      if (known) return known;
      const loading = loadJobs(path, options);
      loaded.set(path, loading);
      loading.catch(() => loaded.delete(path));
      return loading;
    },
  };
}

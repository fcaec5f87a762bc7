import type { JobsOptions } from './check-jobs.ts';
import { type LoadedJobs, loadJobs } from './load-jobs.ts';

export interface JobsCache {
  /** `onWarnings` is called once per file, when it is loaded. */
  get(path: string, options: JobsOptions, onWarnings?: (warnings: LoadedJobs['warnings']) => void): Promise<LoadedJobs>;
}

/** Loads a jobs file once per instance. A failure is not cached: the next call reads the file again. */
export function makeJobsCache(): JobsCache {
  const loaded = new Map<string, Promise<LoadedJobs>>();
  return {
    get: (path, options, onWarnings = () => {}) => {
      const known = loaded.get(path);
      if (known) return known;
      const loading = loadJobs(path, options);
      loaded.set(path, loading);
      loading.then(
        ({ warnings }) => onWarnings(warnings),
        () => loaded.delete(path),
      );
      return loading;
    },
  };
}

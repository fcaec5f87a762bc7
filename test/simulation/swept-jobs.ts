import type { Jobs } from '../../lib/jobs/job.ts';
import { TOPIC } from './followed-jobs.ts';
import { jobsOf } from './jobs.ts';

/** One job that imports what lies below `a/` of the bucket `backups`, and looks there each hour for what nobody told of. */
export async function sweptJobs(change: (yaml: string) => string = (yaml) => yaml): Promise<Jobs> {
  return jobsOf(
    `
  import-a:
    on: { object_created: { bucket: backups, key: "a/**/*.rdb" } }
    limit: { runs: 1000, per: 1h }
    preflight: off
    sweep: { every: 1h, look_back: 24h }
    notify: { smn: "${TOPIC}", on: [missed] }
    backup_import: { target_instance: cache-a }
`,
    change,
  );
}

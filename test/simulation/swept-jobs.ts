import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { TOPIC } from './followed-jobs.ts';

/** One job that imports what lies below `a/` of the bucket `backups`, and looks there each hour for what nobody told of. */
export async function sweptJobs(change: (yaml: string) => string = (yaml) => yaml): Promise<Jobs> {
  const yaml = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  cache-a: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  import-a:
    on: { object_created: { bucket: backups, key: "a/**/*.rdb" } }
    limit: { runs: 1000, per: 1h }
    preflight: off
    sweep: { every: 1h, look_back: 24h }
    notify: { smn: "${TOPIC}", on: [missed] }
    backup_import: { target_instance: cache-a }
`;
  return (await parseJobs(change(yaml), 'yaml')).jobs;
}

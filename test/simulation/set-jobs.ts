import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { TOPIC } from './followed-jobs.ts';

/** One job that imports sets; late files are notified of. @param complete the value of `set.complete`, as YAML */
export async function setJobs(complete: string, change: (yaml: string) => string = (yaml) => yaml): Promise<Jobs> {
  const yaml = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  cluster: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  import-set:
    on:
      object_created:
        bucket: backups
        key: "prod/**/*.rdb"
        set: { by: "prod/{set}/", complete: ${complete}, deadline: 6h }
    preflight: off
    notify: { smn: "${TOPIC}", on: [missed] }
    backup_import: { task_name: "set {{ object.name }}", target_instance: cluster }
`;
  return (await parseJobs(change(yaml), 'yaml')).jobs;
}

import type { Jobs } from '../../lib/jobs/job.ts';
import { jobsOf, startedServerYaml } from './jobs.ts';

export const TOPIC = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations';
const NOTIFY = `notify: { smn: "${TOPIC}", on: [started, succeeded, failed, stuck, parked] }`;

const ONLINE = `name: session-cache
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7`;
const configure = (method: string) => `configure:
        migration_method: ${method}
        resume_mode: auto
        source_instance: cache-a
        target_instance: cache-b`;

/** Migrations that go on after their create call: configured, stopped, released, started, or with backups before it. */
export async function followedJobs(change: (yaml: string) => string = (yaml) => yaml): Promise<Jobs> {
  return jobsOf(
    `
  move-full:
    on: { schedule: { rate: 1d } }
    on_failure: release
    ${NOTIFY}
    online_migration:
      ${ONLINE}
      ${configure('full_amount_migration')}
  move-and-stop:
    on: { schedule: { rate: 1d } }
    stop_when: { offset: 0, for: 5m }
    ${NOTIFY}
    online_migration:
      ${ONLINE}
      ${configure('incremental_migration')}
  copy-and-import:
    on: { schedule: { rate: 1d } }
    ${NOTIFY}
    backup_import:
      target_instance: cache-b
      backup_files: { latest_of: cache-a, copy_first: true }
      backup_target_first: true
${startedServerYaml('move-web-01', '6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a').replace('on: { request: {}, schedule: { rate: 1d } }', `on: { schedule: { rate: 1d } }\n    ${NOTIFY}`)}`,
    change,
  );
}

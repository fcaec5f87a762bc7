import type { ObjectTrigger, TickTrigger, Trigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { fingerprint, occurrenceOf } from '../../lib/runs/start/occurrence.ts';
import { SERVER_JOB_YAML } from '../fixtures/jobs.ts';

/** A jobs file with a ledger, two targets and these jobs. */
export async function jobsOf(jobs: string, change: (yaml: string) => string = (yaml) => yaml): Promise<Jobs> {
  const yaml = `
version: 1
region: ap-southeast-3
settle_seconds: 60
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  cache-a: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: CACHE_PASSWORD } }
  cache-b: { id: e3d9400a-cecb-54d2-9170-400b2b2b80e6, password: { user_data: CACHE_PASSWORD } }
jobs:${jobs}`;
  return (await parseJobs(change(yaml), 'yaml')).jobs;
}

/** Three migrations, with a ledger; two targets with several jobs, of each overlap, and a budget that is soon used up. */
export async function simulationJobs(change: (yaml: string) => string = (yaml) => yaml): Promise<Jobs> {
  return jobsOf(
    `
  import-a:
    on: { object_created: { bucket: backups, key: "a/**" } }
    backup_import: { target_instance: cache-a }
  import-b:
    on: { object_created: { bucket: backups, key: "b/**" } }
    limit: { runs: 1, per: 30m }
    backup_import: { target_instance: cache-b }
  latest-b:
    on: { object_created: { bucket: backups, key: "latest/**" } }
    overlap: latest
    backup_import: { target_instance: cache-b }
  reject-a:
    on: { object_created: { bucket: backups, key: "reject/**" } }
    overlap: reject
    backup_import: { target_instance: cache-a }
  move-cache:
    on: { schedule: { rate: 1d } }
    online_migration:
      name: session-cache
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7
  move-and-stop:
    on: { schedule: { rate: 1d } }
    stop_when: { offset: 0, for: 5m }
    online_migration:
      name: other-cache
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7
      configure:
        migration_method: incremental_migration
        resume_mode: auto
        source_instance: cache-a
        target_instance: cache-b
  copy-c:
    on: { schedule: { rate: 1d } }
    backup_import:
      target_instance: cache-b
      backup_files: { latest_of: cache-a, copy_first: true }
      backup_target_first: true
${SERVER_JOB_YAML}
${startedServerYaml('start-02', '7e7c4fa0-3d52-4c9f-8b68-1a4d2e3f5c6b')}`,
    change,
  );
}

/** A server migration that is started by us. */
export function startedServerYaml(job: string, source: string): string {
  return SERVER_JOB_YAML.replace('move-web-01:', `${job}:`)
    .replace('6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a', source)
    .replace('server_migration:\n', 'server_migration:\n      start: true\n      auto_start: false\n');
}

/** An object of a job of the simulation; `version` is its content and its minute. */
export function landed(key: string, version = 0): ObjectTrigger {
  return {
    kind: 'object',
    created: true,
    eventName: 'ObjectCreated:Put',
    bucket: 'backups',
    key,
    eTag: `etag-${version}`,
    time: new Date(Date.parse('2026-03-14T11:00:00Z') + version * 60_000).toISOString(),
    warnings: [],
  };
}

export function ticked(minute = 0): TickTrigger {
  const time = new Date(Date.parse('2026-03-14T11:00:00Z') + minute * 60_000).toISOString();
  return { kind: 'tick', name: 'daily', time, jobs: [] };
}

/** The run that a trigger starts. */
export function nameOf(job: string, trigger: Trigger): { readonly job: string; readonly run: string } {
  return { job, run: fingerprint(job, occurrenceOf(trigger)) };
}

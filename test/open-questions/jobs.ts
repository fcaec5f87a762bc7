import type { LocalInstance } from '../../packages/local-cloud/src/cloud/dcs/instances.ts';
import type { LocalServer } from '../../packages/local-cloud/src/cloud/ecs/servers.ts';
import type { LocalSource } from '../../packages/local-cloud/src/cloud/sms/sources.ts';
import { startedServerYaml } from '../simulation/jobs.ts';

export const PASSWORD = 'Redis!Pass-of-the-questions';

const CACHE_IDS = {
  'cache-a': 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
  'cache-b': 'e3d9400a-cecb-54d2-9170-400b2b2b80e6',
  'cache-c': 'f4ea511b-dfdc-65e3-a281-511c3c3c91f7',
} as const;

export const CACHES: readonly LocalInstance[] = Object.entries(CACHE_IDS).map(([name, id]) => ({
  id,
  name,
  password: PASSWORD,
}));
export const SOURCE: LocalSource = { id: '6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a', name: 'web-01', osType: 'LINUX' };
export const SERVER: LocalServer = {
  id: '0f7c2a55-63d1-4d0c-8d8e-7a1b5c9e2f30',
  name: 'web-01-target',
  fixedIps: ['192.168.0.25'],
  disks: [{ id: 'b7a4f1d2-9c3e-4c58-a6f0-2d5e8b1c4a77', sizeGb: 40 }],
};

/** A main job for each trigger and each action. */
export const JOBS = `
version: 1
region: ap-southeast-3
settle_seconds: 60
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
${Object.entries(CACHE_IDS)
  .map(([name, id]) => `  ${name}: { id: ${id}, password: { user_data: CACHE_PASSWORD } }`)
  .join('\n')}
jobs:
  import-landed:
    on: { object_created: { bucket: backups, key: "prod/**" } }
    sweep: { every: 5m, look_back: 1h }
    backup_import: { target_instance: cache-a }
  import-nightly:
    on: { schedule: { rate: 1d } }
    backup_import:
      target_instance: cache-b
      backup_files: { latest_of: cache-a, copy_first: true }
  move-cache:
    on: { request: {} }
    stop_when: { offset: 0, for: 5m }
    online_migration:
      name: session-cache
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7
      configure:
        migration_method: incremental_migration
        resume_mode: auto
        source_instance: cache-a
        target_instance: cache-c
${startedServerYaml('move-server', SOURCE.id).replace('on: { request: {}, schedule: { rate: 1d } }', 'on: { request: {} }')}`;

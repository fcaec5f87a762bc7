import { z } from 'zod';
import { short } from './create-task-body.ts';
import { CONFIG_KEYS } from './task-setting-bodies.ts';

const count = (most: number, absent: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be an integer from 0 to ${most}`)
    .transform(Number)
    .refine((value) => value <= most, `must be an integer from 0 to ${most}`)
    .default(absent);
/** 0 means the default, as documented for ListServers. */
const limit = (most: number, absent: number) =>
  count(most, absent).transform((value) => (value === 0 ? absent : value));
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

/** Query of ListTasks. Its states differ slightly from those of ShowTask. */
export const listTasksQuery = z.strictObject({
  state: z
    .enum([
      'READY',
      'RUNNING',
      'SYNCING',
      'MIGRATE_SUCCESS',
      'MIGRATE_FAIL',
      'ABORTING',
      'ABORT',
      'DELETING',
      'SYNC_F_ROLLBACKING',
      'SYNC_F_ROLLBACK_SUCCESS',
    ])
    .optional(),
  name: short.optional(),
  id: short.optional(),
  source_server_id: short.optional(),
  enterprise_project_id: short.optional(),
  limit: limit(200, 100),
  offset: count(65535, 0),
});

/** Query of ListServers (Node SDK 3.1.209). */
export const listServersQuery = z.strictObject({
  state: z
    .enum([
      'unavailable',
      'waiting',
      'initialize',
      'replicate',
      'syncing',
      'stopping',
      'stopped',
      'skipping',
      'deleting',
      'clearing',
      'cleared',
      'clearfailed',
      'premigready',
      'premiged',
      'premigfailed',
      'cloning',
      'cutovering',
      'finished',
      'error',
    ])
    .optional(),
  name: short.optional(),
  id: short.optional(),
  ip: short.optional(),
  ipv6: short.optional(),
  migproject: short.optional(),
  migration_cycle: z.enum(['checking', 'setting', 'replicating', 'syncing', 'cutovering', 'cutovered']).optional(),
  connected: flag,
  enterprise_project_id: short.optional(),
  is_consistency_result_exist: flag,
  vm_id: short.optional(),
  limit: limit(200, 200),
  offset: count(65535, 0),
});

/** Query of ListErrorServers. The offset is mandatory, although the page gives it a default. */
export const listErrorServersQuery = z.strictObject({
  enterprise_project_id: short.optional(),
  limit: limit(100, 50),
  offset: count(65535, 0).unwrap(),
});

/** Query of ShowConfigSetting. */
export const showConfigSettingQuery = z.strictObject({ config_key: z.enum(CONFIG_KEYS).optional() });

import type { FieldTable } from '../../schema/fields.ts';
import { TARGET_SERVER } from './target-server-fields.ts';

/**
 * Body of SMS CreateTask: every parameter of the API page (2025-01-24) and the two that only the SDK has
 * (huaweicloud-sdk-nodejs-v3 3.1.209): `clonevm_template_id`, `need_migration_test`.
 *
 * `os_type` is mandatory on the page, optional in the SDK: it is asked for, with the values of the newer pages. `source_server.id` may
 * be empty by the page; an empty one names no server, so it is refused here. The page's example spells `is_need_consistency_check`
 * `is_need_consistency_result`: that is taken and sent under the name of the table.
 */
export const SERVER_MIGRATION_FIELDS: FieldTable = {
  name: {
    type: 'string',
    required: true,
    min: 0,
    max: 255,
    absent: "the job's name",
    doc: "Name of the task. The run's id is added. Left out: {absent}.",
  },
  type: {
    type: 'string',
    required: true,
    values: ['MIGRATE_FILE', 'MIGRATE_BLOCK'],
    doc: 'By files (Linux only) or by blocks.',
  },
  start_target_server: {
    type: 'boolean',
    serviceDefault: 'true',
    doc: 'Start the target when the migration is done? Default of the service: {absent}.',
  },
  auto_start: {
    type: 'boolean',
    doc: 'Start the task as soon as it is created? The default is not documented: better say it.',
  },
  os_type: { type: 'string', required: true, values: ['WINDOWS', 'LINUX'], doc: 'Operating system of the source.' },
  source_server: {
    type: 'object',
    required: true,
    doc: 'The source server. It must be connected and have no task.',
    fields: { id: { type: 'string', required: true, min: 1, max: 255, doc: 'Id that SMS gave the source server.' } },
  },
  target_server: TARGET_SERVER,
  migration_ip: {
    type: 'string',
    destination: true,
    min: 0,
    max: 255,
    doc: 'IP address of the target as the source sees it; IPv6 with use_ipv6. Not needed when SMS creates the target.',
  },
  region_name: {
    type: 'string',
    destination: true,
    required: true,
    min: 0,
    max: 255,
    doc: 'Name of the region of the target.',
  },
  region_id: {
    type: 'string',
    destination: true,
    required: true,
    min: 0,
    max: 255,
    doc: 'Id of the region of the target, such as cn-south-1.',
  },
  project_name: {
    type: 'string',
    destination: true,
    required: true,
    min: 0,
    max: 255,
    doc: "Name of the target's project.",
  },
  project_id: {
    type: 'string',
    destination: true,
    required: true,
    min: 0,
    max: 255,
    doc: "Id of the target's project.",
  },
  priority: {
    type: 'integer',
    min: 0,
    max: 65535,
    serviceDefault: '1 standard',
    doc: 'Priority: 0 low, {absent} (default of the service), 2 high; others have no meaning.',
  },
  vm_template_id: {
    type: 'string',
    destination: true,
    min: 0,
    max: 255,
    doc: 'Id of the server template, when SMS creates the target.',
  },
  clonevm_template_id: {
    type: 'string',
    destination: true,
    doc: 'Id of the template of the clone (test) server. Known to the SDK only.',
  },
  use_public_ip: {
    type: 'boolean',
    serviceDefault: 'true',
    doc: 'Migrate over the public network? Default of the service: {absent}.',
  },
  use_ipv6: { type: 'boolean', doc: 'Use IPv6? Only with an existing target; switches rate limiting off.' },
  syncing: {
    type: 'boolean',
    serviceDefault: 'false',
    doc: 'Keep syncing after the full copy? Default of the service: {absent}. With true the task does not end by itself.',
  },
  exist_server: { type: 'boolean', doc: 'true: the target exists; false: a new one is created.' },
  start_network_check: { type: 'boolean', doc: 'Measure the network first?' },
  speed_limit: { type: 'integer', min: 0, max: 10000, doc: 'Limit in Mbit/s; 0 is none.' },
  over_speed_threshold: {
    type: 'number',
    min: 0,
    max: 100,
    doc: 'Percent over the limit at which the task is paused. Linux only.',
  },
  is_need_consistency_check: { type: 'boolean', doc: 'Check that source and target are the same? Not for Btrfs.' },
  is_need_consistency_result: {
    type: 'boolean',
    warn: 'is the name in an example of the API page only; it is taken as is_need_consistency_check, the name in its table',
    doc: 'Old spelling of is_need_consistency_check in an example of the API page.',
  },
  need_migration_test: { type: 'boolean', doc: 'Make a drill before the full copy? Known to the SDK only.' },
};

/** Mandatory fields that a jobs file may leave out, for `plan` supplies them. */
export const SERVER_MIGRATION_SUPPLIED = ['name'] as const;

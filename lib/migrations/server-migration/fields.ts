import type { FieldTable } from '../../schema/fields.ts';
import { TARGET_SERVER } from './target-server-fields.ts';

/**
 * Body of SMS CreateTask: every parameter of the API page (2025-01-24) and the two that only the SDK has
 * (huaweicloud-sdk-nodejs-v3 3.1.209): `clonevm_template_id`, `need_migration_test`.
 *
 * `os_type` is required on the page and optional in the SDK: it is required here, with the values of the newer pages. By the page,
 * `source_server.id` may be empty; that names no server, so it is refused here. The page's example spells `is_need_consistency_check` as
 * `is_need_consistency_result`: that is accepted and sent under the name in the table.
 */
export const SERVER_MIGRATION_FIELDS: FieldTable = {
  name: {
    type: 'string',
    required: true,
    min: 0,
    max: 255,
    absent: "the job's name",
    doc: "Name of the task; the run's id is appended. Default: {absent}.",
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
    doc: 'Whether to start the target after the migration. Default of the service: {absent}.',
  },
  auto_start: {
    type: 'boolean',
    doc: 'Whether the task starts as soon as it is created. The default is not documented, so set it explicitly.',
  },
  os_type: { type: 'string', required: true, values: ['WINDOWS', 'LINUX'], doc: 'Operating system of the source.' },
  source_server: {
    type: 'object',
    required: true,
    doc: 'The source server. It must be connected and must not have a task.',
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
    doc: 'Priority: 0 low, {absent} (default of the service), 2 high; other values have no meaning.',
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
    doc: 'Whether to migrate over the public network. Default of the service: {absent}.',
  },
  use_ipv6: { type: 'boolean', doc: 'Whether to use IPv6. Only with an existing target; disables rate limiting.' },
  syncing: {
    type: 'boolean',
    serviceDefault: 'false',
    doc: 'Whether to keep syncing after the full copy. Default of the service: {absent}. With true, the task does not end by itself.',
  },
  exist_server: { type: 'boolean', doc: 'true: the target exists; false: a new one is created.' },
  start_network_check: { type: 'boolean', doc: 'Whether to measure the network first.' },
  speed_limit: { type: 'integer', min: 0, max: 10000, doc: 'Limit in Mbit/s; 0 means no limit.' },
  over_speed_threshold: {
    type: 'number',
    min: 0,
    max: 100,
    doc: 'Percent over the limit at which the task is paused. Linux only.',
  },
  is_need_consistency_check: {
    type: 'boolean',
    doc: 'Whether to check that source and target are identical. Not for Btrfs.',
  },
  is_need_consistency_result: {
    type: 'boolean',
    warn: 'is a name that only an example of the API page uses; it is treated as is_need_consistency_check, the name in its table',
    doc: 'Old spelling of is_need_consistency_check in an example of the API page.',
  },
  need_migration_test: {
    type: 'boolean',
    doc: 'Whether to run a migration test before the full copy. Known to the SDK only.',
  },
};

/** Required fields that a jobs file may leave out because `plan` supplies them. */
export const SERVER_MIGRATION_SUPPLIED = ['name'] as const;

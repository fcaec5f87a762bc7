import { type Problem, RunError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import {
  type CheckedFields,
  type CheckOptions,
  checkFields,
  type Path,
  problemLine,
  requireNoProblems,
} from '../../schema/check-fields.ts';
import type { Field, FieldTable } from '../../schema/fields.ts';
import type { Action } from '../action.ts';
import { resolveSecrets } from '../resolve-secrets.ts';
import { smsTaskName } from '../task-name.ts';
import { smsTaskState } from '../task-state.ts';
import { SERVER_MIGRATION_OWN_KEYS, startRules, targetOf, targetRules } from './server-target.ts';
import { TARGET_SERVER } from './target-server-fields.ts';

/**
 * Body of SMS CreateTask: every parameter of the API page (2025-01-24) and the two that only the SDK has
 * (huaweicloud-sdk-nodejs-v3 3.1.209): `clonevm_template_id`, `need_migration_test`.
 *
 * `os_type` is mandatory on the page, optional in the SDK: it is asked for, with the values of the newer pages. `source_server.id` may
 * be empty by the page; an empty one names no server, so it is refused here. The page's example spells `is_need_consistency_check`
 * `is_need_consistency_result`: that is taken and sent under the name of the table.
 */
const SERVER_MIGRATION_FIELDS: FieldTable = {
  name: {
    type: 'string',
    must: true,
    min: 0,
    max: 255,
    doc: "Name of the task. The run's id is added. Left out: the job's name.",
  },
  type: {
    type: 'string',
    must: true,
    values: ['MIGRATE_FILE', 'MIGRATE_BLOCK'],
    doc: 'By files (Linux only) or by blocks.',
  },
  start_target_server: {
    type: 'boolean',
    doc: 'Start the target when the migration is done? Default of the service: true.',
  },
  auto_start: {
    type: 'boolean',
    doc: 'Start the task as soon as it is created? The default is not documented: better say it.',
  },
  os_type: { type: 'string', must: true, values: ['WINDOWS', 'LINUX'], doc: 'Operating system of the source.' },
  source_server: {
    type: 'object',
    must: true,
    doc: 'The source server. It must be connected and have no task.',
    fields: { id: { type: 'string', must: true, min: 1, max: 255, doc: 'Id that SMS gave the source server.' } },
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
    must: true,
    min: 0,
    max: 255,
    doc: 'Name of the region of the target.',
  },
  region_id: {
    type: 'string',
    destination: true,
    must: true,
    min: 0,
    max: 255,
    doc: 'Id of the region of the target, such as cn-south-1.',
  },
  project_name: {
    type: 'string',
    destination: true,
    must: true,
    min: 0,
    max: 255,
    doc: "Name of the target's project.",
  },
  project_id: { type: 'string', destination: true, must: true, min: 0, max: 255, doc: "Id of the target's project." },
  priority: {
    type: 'integer',
    min: 0,
    max: 65535,
    doc: 'Priority: 0 low, 1 standard (default of the service), 2 high; others have no meaning.',
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
  use_public_ip: { type: 'boolean', doc: 'Migrate over the public network? Default of the service: true.' },
  use_ipv6: { type: 'boolean', doc: 'Use IPv6? Only with an existing target; switches rate limiting off.' },
  syncing: {
    type: 'boolean',
    doc: 'Keep syncing after the full copy? Default of the service: false. With true the task does not end by itself.',
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

function subvolumeRules(value: Record<string, unknown>, path: readonly (string | number)[]): Problem[] {
  const server = value['target_server'];
  const list = isRecord(server) ? server['btrfs_list'] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, i) => {
    if (!isRecord(item)) return [];
    const given = ['subvolume', 'subvolumn'].filter((name) => Object.hasOwn(item, name)).length;
    const at = [...path, 'target_server', 'btrfs_list', i];
    if (given === 0) return [{ path: [...at, 'subvolume'], message: 'is missing (subvolumn is the same)' }];
    return given === 2
      ? [{ path: [...at, 'subvolumn'], message: 'is the same as subvolume: give one of the two' }]
      : [];
  });
}

function doubts(value: Record<string, unknown>, path: readonly (string | number)[]): Problem[] {
  const found: Problem[] = [];
  if (value['os_type'] === 'WINDOWS' && value['type'] === 'MIGRATE_FILE') {
    found.push({
      path: [...path, 'type'],
      message: 'Windows servers can be migrated by blocks only (SMS User Guide): use MIGRATE_BLOCK',
    });
  }
  const priority = value['priority'];
  if (typeof priority === 'number' && priority > 2) {
    found.push({ path: [...path, 'priority'], message: 'only 0 (low), 1 (standard) and 2 (high) have a meaning' });
  }
  return found;
}

/** With `target`, what is given of `target_server` wins, and the rest is derived. */
const DERIVED_FIELDS: FieldTable = {
  ...SERVER_MIGRATION_FIELDS,
  target_server: {
    ...TARGET_SERVER,
    fields: Object.fromEntries(
      Object.entries(TARGET_SERVER.fields).map(([name, { must: _, ...field }]) => [name, field as Field]),
    ),
  },
};

/** The page's own example migrates to an existing server and can't say that its disks may be formatted: so this is no problem. */
function unconfirmed(value: Record<string, unknown>, path: Path): Problem[] {
  if (value['exist_server'] !== true || isRecord(value['target']) || value['confirm_format'] === true) return [];
  const message =
    'the disks of the existing target are formatted, and what is on them is lost; say confirm_format: true';
  return [{ path: [...path, 'exist_server'], message }];
}

/** Mandatory fields that a jobs file may leave out, for `plan` supplies them. */
export const SERVER_MIGRATION_SUPPLIED = ['name'] as const;

/**
 * Checks the fields of a server migration: the table, and what goes with what. `name` may be left out of a file; with `target`,
 * everything but `source_server`.
 */
export function checkServerMigration(value: unknown, options: CheckOptions): CheckedFields {
  const path = options.path ?? [];
  const derived = isRecord(value) && Object.hasOwn(value, 'target');
  const table = derived ? DERIVED_FIELDS : SERVER_MIGRATION_FIELDS;
  const optional = new Set([
    ...(options.optional ?? []),
    ...(options.mode === 'file' ? SERVER_MIGRATION_SUPPLIED : []),
    ...(derived ? Object.keys(table).filter((name) => name !== 'source_server') : []),
  ]);
  const checked = checkFields({ ...table, ...SERVER_MIGRATION_OWN_KEYS }, value, { ...options, optional });
  const problems = [
    ...checked.problems,
    ...subvolumeRules(checked.value, path),
    ...targetRules(checked.value, path),
    ...startRules(checked.value, path),
  ];
  const warnings = [...checked.warnings, ...(options.mode === 'file' ? unconfirmed(checked.value, path) : [])];
  const { is_need_consistency_result: old, ...fields } = checked.value;
  if (old === undefined) return { value: fields, problems, warnings: [...warnings, ...doubts(fields, path)] };
  if (Object.hasOwn(fields, 'is_need_consistency_check')) {
    problems.push({
      path: [...path, 'is_need_consistency_result'],
      message: 'is the same as is_need_consistency_check: give that one alone',
    });
  }
  return {
    value: { ...fields, is_need_consistency_check: old },
    problems,
    warnings: [...warnings, ...doubts(fields, path)],
  };
}

/** Migrates a server to an ECS. The target's disks are formatted. */
export const serverMigration: Action = {
  kind: 'server_migration',
  fields: SERVER_MIGRATION_FIELDS,
  ownKeys: SERVER_MIGRATION_OWN_KEYS,
  stateOf: smsTaskState,

  plan(filled, context) {
    const given = filled['name'];
    const name = smsTaskName(typeof given === 'string' ? given : undefined, context.job, context.run);
    const checked = checkServerMigration(
      { ...filled, name: given === undefined || typeof given === 'string' ? name : given },
      { mode: 'filled' },
    );
    const what = `plan server_migration of job ${context.job}`;
    const { target: _, confirm_format: __, start, ...body } = requireNoProblems(what, checked);
    const derive = targetOf(checked.value);
    const source = body['source_server'];
    return {
      kind: 'server_migration',
      name,
      ...(isRecord(source) && typeof source['id'] === 'string' ? { target: source['id'] } : {}),
      body,
      warnings: checked.warnings.map((warning) => problemLine([warning])),
      ...(derive ? { derive } : {}),
      ...(start === true ? { start } : {}),
      ...(context.policies ? { policies: context.policies } : {}),
    };
  },

  async find(services, planned) {
    const { target: source } = planned;
    if (source === undefined) throw new TypeError('a planned server_migration has no source server');
    const sms = await services.sms();
    const tasks = await sms.listTasks(source);
    const ours = tasks.find((task) => task.name === planned.name);
    if (ours) return { id: ours.id, name: ours.name, status: ours.state };
    const [other] = tasks;
    if (!other) return undefined;
    throw new RunError(
      'source_has_task',
      `source server ${source} has task ${other.id} (${other.name}, ${other.state}) already, and can have only one: delete that one first`,
      [{ path: ['source_server', 'id'], message: `has task ${other.id} (${other.name}, ${other.state}) already` }],
    );
  },

  async create(services, planned, secret) {
    const sms = await services.sms();
    return sms.createTask(resolveSecrets(planned.body, secret));
  },
};

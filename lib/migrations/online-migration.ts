import type { Action } from './action.ts';
import { type CheckedFields, type CheckOptions, checkFields, problemLine, requireNoProblems } from './check-fields.ts';
import type { FieldTable } from './fields.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { dcsTaskName } from './task-name.ts';
import { dcsTaskState } from './task-state.ts';

/**
 * Body of DCS CreateOnlineMigrationTask: every parameter of the API pages (English, 2024-11-06; Chinese, 2023-12-13). Neither limits
 * a text of the request. The three ids place the migration's own ECS in a VPC; they do not describe the instances.
 */
export const ONLINE_MIGRATION_FIELDS: FieldTable = {
  name: { type: 'string', must: true, doc: "Name of the task. The run's id is added. Left out: the job's name." },
  description: { type: 'string', doc: 'Description of the task.' },
  vpc_id: { type: 'string', must: true, min: 1, doc: 'Id of the VPC that the migration ECS is placed in.' },
  subnet_id: { type: 'string', must: true, min: 1, doc: 'Network id of the subnet in that VPC.' },
  security_group_id: {
    type: 'string',
    must: true,
    min: 1,
    doc: 'Id of the security group of the migration ECS. It must allow traffic to both sides.',
  },
};

/** Mandatory fields that a jobs file may leave out, for `plan` supplies them. */
export const ONLINE_MIGRATION_SUPPLIED = ['name'] as const;

/** Checks the fields of an online migration. `name` may be left out of a file: the job's name is used. */
export function checkOnlineMigration(value: unknown, options: CheckOptions): CheckedFields {
  const optional =
    options.mode === 'file' ? new Set([...(options.optional ?? []), ...ONLINE_MIGRATION_SUPPLIED]) : options.optional;
  return checkFields(ONLINE_MIGRATION_FIELDS, value, { ...options, ...(optional ? { optional } : {}) });
}

/** Creates an online migration task. It waits to be configured: creating it starts nothing yet. */
export const onlineMigration: Action = {
  kind: 'online_migration',
  fields: ONLINE_MIGRATION_FIELDS,
  stateOf: dcsTaskState,

  plan(filled, context) {
    const given = filled['name'];
    const name = dcsTaskName(typeof given === 'string' ? given : undefined, context.job, context.run);
    const checked = checkOnlineMigration(
      { ...filled, name: given === undefined || typeof given === 'string' ? name : given },
      { mode: 'filled' },
    );
    return {
      kind: 'online_migration',
      name,
      body: requireNoProblems(`plan online_migration of job ${context.job}`, checked),
      warnings: checked.warnings.map((warning) => problemLine([warning])),
    };
  },

  async find(services, planned) {
    const dcs = await services.dcs();
    const tasks = await dcs.listMigrationTasks(planned.name);
    const ours = tasks.find((task) => task.name === planned.name);
    return ours && { id: ours.id, name: ours.name, status: ours.status };
  },

  async create(services, planned, secret) {
    const dcs = await services.dcs();
    return dcs.createOnlineMigrationTask(resolveSecrets(planned.body, secret));
  },
};

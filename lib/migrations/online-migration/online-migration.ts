import { isRecord } from '../../kernel/is-record.ts';
import {
  type CheckedFields,
  type CheckOptions,
  checkFields,
  problemLine,
  requireNoProblems,
} from '../../schema/check-fields.ts';
import type { FieldTable } from '../../schema/fields.ts';
import type { Action, TargetNames } from '../action.ts';
import { resolveSecrets } from '../resolve-secrets.ts';
import { dcsTaskName } from '../task-name.ts';
import { dcsTaskState } from '../task-state.ts';
import { CONFIGURE, configureRules, withNamedInstances } from './configure-fields.ts';

/**
 * Body of DCS CreateOnlineMigrationTask: every parameter of the API pages (English, 2024-11-06; Chinese, 2023-12-13). Neither limits
 * a text of the request. The three ids place the migration's own ECS in a VPC; they do not describe the instances.
 */
const ONLINE_MIGRATION_FIELDS: FieldTable = {
  name: { type: 'string', must: true, doc: "Name of the task. The run's id is added. Left out: the job's name." },
  description: { type: 'string', doc: 'Description of the task.' },
  vpc_id: {
    type: 'string',
    must: true,
    min: 1,
    destination: true,
    doc: 'Id of the VPC that the migration ECS is placed in.',
  },
  subnet_id: { type: 'string', must: true, min: 1, destination: true, doc: 'Network id of the subnet in that VPC.' },
  security_group_id: {
    type: 'string',
    must: true,
    min: 1,
    destination: true,
    doc: 'Id of the security group of the migration ECS. It must allow traffic to both sides.',
  },
};

/** Mandatory fields that a jobs file may leave out, for `plan` supplies them. */
export const ONLINE_MIGRATION_SUPPLIED = ['name'] as const;

/** Our own keys beside them. */
const ONLINE_MIGRATION_OWN_KEYS: FieldTable = { configure: CONFIGURE };

/**
 * Checks the fields of an online migration. `name` may be left out of a file: the job's name is used. Either instance in `configure` may
 * be the name of a target; the checked value has it as it was given.
 */
export function checkOnlineMigration(value: unknown, options: CheckOptions & TargetNames): CheckedFields {
  const { mode, path = [], targets } = options;
  const optional = new Set([...(options.optional ?? []), ...(mode === 'file' ? ONLINE_MIGRATION_SUPPLIED : [])]);
  const given = isRecord(value) && Object.hasOwn(value, 'configure') ? value['configure'] : undefined;
  const at = [...path, 'configure'];
  const { fields, problems, named } = withNamedInstances(given, targets, { mode, path: at });
  const checked = checkFields(
    { ...ONLINE_MIGRATION_FIELDS, ...ONLINE_MIGRATION_OWN_KEYS },
    isRecord(value) && fields !== undefined ? { ...value, configure: fields } : value,
    { mode, path, optional },
  );
  const { configure } = checked.value;
  if (!isRecord(configure)) return { ...checked, problems: [...checked.problems, ...problems] };
  return {
    value: { ...checked.value, configure: { ...configure, ...named } },
    problems: [...checked.problems, ...problems, ...configureRules(configure, at)],
    warnings: checked.warnings,
  };
}

/** Creates an online migration task. It waits to be configured: creating it starts nothing yet, `configure` of the plan does. */
export const onlineMigration: Action = {
  kind: 'online_migration',
  fields: ONLINE_MIGRATION_FIELDS,
  ownKeys: ONLINE_MIGRATION_OWN_KEYS,
  stateOf: dcsTaskState,

  plan(filled, context) {
    const given = filled['name'];
    const name = dcsTaskName(typeof given === 'string' ? given : undefined, context.job, context.run);
    const checked = checkOnlineMigration(
      { ...filled, name: given === undefined || typeof given === 'string' ? name : given },
      { mode: 'filled', targets: context.targets },
    );
    const what = `plan online_migration of job ${context.job}`;
    const { configure, ...body } = requireNoProblems(what, checked);
    const { fields } = withNamedInstances(configure, context.targets, { mode: 'filled' });
    const target =
      isRecord(fields) && isRecord(fields['target_instance']) ? fields['target_instance']['id'] : undefined;
    return {
      kind: 'online_migration',
      name,
      ...(typeof target === 'string' ? { target } : {}),
      body,
      warnings: checked.warnings.map((warning) => problemLine([warning])),
      ...(isRecord(fields) ? { configure: fields } : {}),
      ...(context.policies ? { policies: context.policies } : {}),
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
    // A secret that is not set is found before a machine is made that can't be configured.
    resolveSecrets(planned.configure, secret);
    return dcs.createOnlineMigrationTask(resolveSecrets(planned.body, secret));
  },
};

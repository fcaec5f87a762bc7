import type { Action } from '../action.ts';
import { DCS_TASKS } from '../dcs-tasks.ts';
import { resolveSecrets } from '../resolve-secrets.ts';
import { checkOnlineMigration } from './check.ts';
import { CONFIGURE_SIDES } from './configure-fields.ts';
import { ONLINE_MIGRATION_FIELDS, ONLINE_MIGRATION_OWN_KEYS, ONLINE_MIGRATION_SUPPLIED } from './fields.ts';
import { configureTask, isIncremental, progressOf } from './follow.ts';
import { planOnlineMigration } from './plan.ts';
import { preflightOnline } from './preflight.ts';

/** Migrates a Redis instance online. Creating the task starts nothing yet: it starts once it is configured, by `configure` of the plan. */
export const onlineMigration: Action = {
  ...DCS_TASKS,
  title: 'online migration',
  adviceAfterSuccess:
    'switch the clients to the target, then delete the task: its migration machine is billed until then',

  fields: ONLINE_MIGRATION_FIELDS,
  ownKeys: ONLINE_MIGRATION_OWN_KEYS,
  supplied: ONLINE_MIGRATION_SUPPLIED,
  keysNeedingLedger: [['configure']],
  namedInstances: CONFIGURE_SIDES.map((side) => ['configure', side]),
  nameField: 'name',
  isIncremental,
  check: checkOnlineMigration,

  plan: planOnlineMigration,
  preflight: preflightOnline,

  async find(services, { name }) {
    const ours = await DCS_TASKS.findNamed(services, name);
    return ours && { id: ours.id, name, status: ours.status };
  },

  async create(services, planned, secret) {
    const dcs = await services.dcs();
    // Fails on an unset secret before a machine is created that can't be configured.
    await resolveSecrets(planned.configure, secret);
    return dcs.createOnlineMigrationTask(await resolveSecrets(planned.body, secret));
  },

  activation: configureTask,
  // Whoever configures it also follows it.
  leftToOperator: ({ configure }) => (configure ? undefined : 'at_once'),
  progressOf,
  release: async (services, id) => (await services.dcsFollow()).deleteTask(id),
};

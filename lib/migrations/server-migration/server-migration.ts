import { RunError } from '../../kernel/errors.ts';
import type { Action } from '../action.ts';
import { resolveSecrets } from '../resolve-secrets.ts';
import { checkServerMigration } from './check.ts';
import { completeServerMigration } from './derive-server-migration.ts';
import { SERVER_MIGRATION_FIELDS, SERVER_MIGRATION_SUPPLIED } from './fields.ts';
import { leftToOperator, progressOf, SMS_TASKS, startTask } from './follow.ts';
import { planServerMigration } from './plan.ts';
import { SERVER_MIGRATION_OWN_KEYS } from './server-target.ts';

/** Migrates a server to an ECS. The target's disks are formatted. */
export const serverMigration: Action = {
  ...SMS_TASKS,
  title: 'server migration',
  adviceAfterSuccess: 'check the target server, then switch over to it',

  fields: SERVER_MIGRATION_FIELDS,
  ownKeys: SERVER_MIGRATION_OWN_KEYS,
  supplied: SERVER_MIGRATION_SUPPLIED,
  keysNeedingLedger: [['start']],
  namedInstances: [],
  nameField: 'name',
  targetField: 'source_server',
  check: checkServerMigration,

  plan: planServerMigration,
  complete: async (services, planned) => (planned.derive ? completeServerMigration(services, planned) : planned),

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
      `source server ${source} already has task ${other.id} (${other.name}, ${other.state}), and can have only one: delete that task first`,
      [{ path: ['source_server', 'id'], message: `already has task ${other.id} (${other.name}, ${other.state})` }],
    );
  },

  async create(services, planned, secret) {
    const sms = await services.sms();
    return sms.createTask(await resolveSecrets(planned.body, secret));
  },

  activation: startTask,
  leftToOperator,
  progressOf,
};

import type { Action } from '../action.ts';
import { DCS_TASKS } from '../dcs-tasks.ts';
import { resolveSecrets } from '../resolve-secrets.ts';
import { canonicalId } from '../same-instance.ts';
import { checkBackupImport } from './check.ts';
import { BACKUP_IMPORT_FIELDS, BACKUP_IMPORT_OWN_KEYS, BACKUP_IMPORT_SUPPLIED } from './fields.ts';
import { getLatestBackup, withBackup } from './latest-backup.ts';
import { BACKUP_FILES_OWN_KEYS } from './latest-of.ts';
import { planBackupImport } from './plan.ts';
import { preflightImport } from './preflight.ts';

/** Imports backup files into a DCS instance. Creating the task starts it. */
export const backupImport: Action = {
  ...DCS_TASKS,
  title: 'backup import',
  adviceAfterSuccess: 'nothing. An import merges: keys of the target that are not in the backup are still there',

  fields: BACKUP_IMPORT_FIELDS,
  ownKeys: BACKUP_IMPORT_OWN_KEYS,
  ownKeysIn: { backup_files: BACKUP_FILES_OWN_KEYS },
  supplied: BACKUP_IMPORT_SUPPLIED,
  fromObject: ['backup_files'],
  keysNeedingLedger: [['backup_files', 'copy_first'], ['backup_target_first']],
  namedInstances: [['target_instance']],
  nameField: 'task_name',
  targetField: 'target_instance',
  check: checkBackupImport,

  plan: planBackupImport,
  preflight: preflightImport,

  /** Leaves the backup open if it must be taken first. */
  async complete(services, planned) {
    const { latestBackup } = planned;
    if (!latestBackup || latestBackup.copyFirst) return planned;
    return withBackup(planned, (await getLatestBackup(services, latestBackup.instanceId)).id);
  },

  async find(services, planned) {
    const dcs = await services.dcs();
    const tasks = await dcs.listMigrationTasks(planned.name);
    const target = planned.target === undefined ? undefined : canonicalId(planned.target);
    const ours = tasks.find(
      (task) => task.name === planned.name && (!task.targetInstanceId || canonicalId(task.targetInstanceId) === target),
    );
    return ours && { id: ours.id, name: ours.name, status: ours.status };
  },

  async create(services, planned, secret) {
    const dcs = await services.dcs();
    return dcs.createMigrationTask(await resolveSecrets(planned.body, secret));
  },
};

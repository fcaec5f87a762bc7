import type { ActionReview } from '../action-review.ts';
import { DCS_LIVE_CHECK, DCS_PERMISSIONS } from '../dcs-review.ts';
import { withBackup } from './latest-backup.ts';
import { BACKUP_IMPORT_PERMISSIONS, filesFrom } from './permissions.ts';

export const backupImportReview: ActionReview = {
  permissions: [DCS_PERMISSIONS, BACKUP_IMPORT_PERMISSIONS],
  live: DCS_LIVE_CHECK,
  liveCheckFields: ['target_instance'],
  writes: ['target_instance'],
  filesFrom,

  withHoles(planned, hole) {
    const { latestBackup } = planned;
    if (!latestBackup || latestBackup.copyFirst) return planned;
    return withBackup(planned, hole(`id of the newest backup of instance ${latestBackup.instanceId}`));
  },
};

import type { ActionReview } from '../action-review.ts';
import { DCS_LOOK, DCS_PERMISSIONS } from '../dcs-review.ts';
import { BACKUP_IMPORT_PERMISSIONS, filesFrom } from './permissions.ts';

export const backupImportReview: ActionReview = {
  permissions: [DCS_PERMISSIONS, BACKUP_IMPORT_PERMISSIONS],
  live: DCS_LOOK,
  deciding: ['target_instance'],
  writes: ['target_instance'],
  filesFrom,
};

import { isRecord } from '../../kernel/is-record.ts';
import type { ReviewedJob } from '../action-review.ts';
import type { PermissionRow } from '../permission-row.ts';
import { requestsLatest } from './latest-of.ts';

const filesOf = ({ fields }: Pick<ReviewedJob, 'fields'>) =>
  isRecord(fields['backup_files']) ? fields['backup_files'] : {};
const takesBackup = (job: ReviewedJob) =>
  filesOf(job)['copy_first'] === true || job.fields['backup_target_first'] === true;

/** The permissions of an import beyond those of every DCS migration. */
export const BACKUP_IMPORT_PERMISSIONS: readonly PermissionRow[] = [
  {
    actions: ['dcs:instance:getDataBackupLog'],
    scope: 'project',
    reason: 'find the newest backup (latest_of), and check whether a backup is complete',
    isNeededBy: (job) => requestsLatest(filesOf(job)) || takesBackup(job),
  },
  {
    actions: ['dcs:instance:backupData'],
    scope: 'project',
    reason: 'take a backup (copy_first, backup_target_first)',
    isNeededBy: takesBackup,
  },
];

/** Where a run reads backup files from: see `ActionReview.filesFrom`. */
export function filesFrom(job: ReviewedJob): { readonly bucket?: string } | undefined {
  const { fields, on } = job;
  const given = filesOf(job)['bucket_name'];
  if (typeof given === 'string') return { bucket: given };
  if (fields['backup_files'] === undefined && on.object_created) return { bucket: on.object_created.bucket };
  // A caller or a placeholder may name the files.
  return on.request?.accepts.includes('backup_files') && !requestsLatest(filesOf(job)) ? {} : undefined;
}

import { canBeCancelled, type PermissionRow } from './permission-row.ts';

/** How `check --live` queries the instances of a job. */
export const DCS_LIVE_CHECK = {
  asked: 'DCS ShowInstance',
  needs: 'dcs:instance:get and dcs:instance:getDataBackupLog',
} as const;

/** The permissions of every DCS migration. */
export const DCS_PERMISSIONS: readonly PermissionRow[] = [
  { actions: ['dcs:migrationTask:create'], scope: 'project', reason: 'create the migration task' },
  {
    actions: ['dcs:migrationTask:list'],
    scope: 'project',
    reason: 'find the task that an earlier delivery of the same event created',
  },
  { actions: ['dcs:instance:get'], scope: 'project', reason: 'check the instances before anything changes' },
  {
    actions: ['dcs:migrationTask:get'],
    scope: 'project',
    reason: 'follow the task, and show it to callers',
    usedBy: 'callers',
    isNeededBy: (job, hasLedger) => hasLedger || canBeCancelled(job),
  },
  {
    actions: ['dcs:migrationTask:modify'],
    scope: 'project',
    reason: 'configure the task (configure), stop it (stop_when), or cancel it for a caller',
    usedBy: 'callers',
    isNeededBy: (job) =>
      job.fields['configure'] !== undefined || job.policies.stopWhen !== undefined || canBeCancelled(job),
  },
  {
    actions: ['dcs:migrationTask:delete'],
    scope: 'project',
    reason: 'release the migration machine of an unusable task (on_failure: release)',
    usedBy: 'reconcile',
    isNeededBy: ({ policies }) => policies.onFailure === 'release',
  },
];

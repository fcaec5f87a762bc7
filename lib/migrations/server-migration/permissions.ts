import type { ReviewedJob } from '../action-review.ts';
import { canBeCancelled, type PermissionRow } from '../permission-row.ts';
import { targetOf } from './server-target.ts';

const targetIsServer = ({ fields }: ReviewedJob) => 'server' in (targetOf(fields) ?? {});
const targetIsTemplate = ({ fields }: ReviewedJob) => 'template' in (targetOf(fields) ?? {});
const isDerived = ({ fields }: ReviewedJob) => targetOf(fields) !== undefined;

export const SERVER_MIGRATION_PERMISSIONS: readonly PermissionRow[] = [
  { actions: ['sms:server:createTask'], scope: 'either', reason: 'create the migration task' },
  { actions: ['sms:server:listTask'], scope: 'either', reason: 'check whether the source server already has a task' },
  {
    actions: ['sms:server:getTask'],
    scope: 'either',
    reason: 'follow the task, and show it to callers',
    usedBy: 'callers',
    isNeededBy: (job, hasLedger) => hasLedger || canBeCancelled(job),
  },
  {
    actions: ['sms:server:manageTask'],
    scope: 'either',
    reason: 'start the task (start: true), or cancel it for a caller',
    usedBy: 'callers',
    isNeededBy: (job) => job.fields['start'] === true || canBeCancelled(job),
  },
  {
    actions: ['sms:server:get'],
    scope: 'either',
    reason: 'derive the request from the source server (target)',
    isNeededBy: isDerived,
  },
  {
    actions: ['sms:template:get'],
    scope: 'either',
    reason: 'read the template of the target (target.template)',
    isNeededBy: targetIsTemplate,
  },
  {
    actions: ['ecs:cloudServers:showServer', 'ecs:cloudServers:showServerBlockDevice'],
    scope: 'project',
    reason: 'read the existing target and its disks (target.server)',
    isNeededBy: targetIsServer,
  },
  {
    actions: ['iam:projects:listProjects'],
    scope: 'global',
    reason: "find the project of the target's region, if neither job nor template has project_id",
    isNeededBy: (job) => isDerived(job) && job.fields['project_id'] === undefined,
  },
];

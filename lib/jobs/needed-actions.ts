import { isRecord } from '../kernel/is-record.ts';
import { asksForLatest } from '../migrations/backup-import/latest-of.ts';
import { targetOf } from '../migrations/server-migration/server-target.ts';
import type { Job, Jobs } from './job.ts';

/**
 * Where IAM grants an action: in a region's project, or for the services that all regions share (IAM user guide iam_01_0605: no custom policy has
 * both). Of SMS no page says it: `either`.
 */
export type GrantScope = 'project' | 'global' | 'either';

/** What the functions' execution agency must be allowed, and why. */
export interface NeededAction {
  readonly action: string;
  readonly scope: GrantScope;
  /** As a sentence would go on after "to". */
  readonly reason: string;
  /** Whose names the reason holds for; empty for the ledger, which is the file's. */
  readonly jobs: readonly string[];
  /** As a policy writes them; absent: every resource. */
  readonly resources?: readonly string[];
}

interface Row {
  readonly actions: readonly string[];
  readonly scope: GrantScope;
  readonly reason: string;
  readonly isNeededBy: (job: Job, hasLedger: boolean) => boolean;
  readonly resourcesOf?: (job: Job) => readonly string[];
}

const isDcs = ({ kind }: Job) => kind !== 'server_migration';
const isSms = ({ kind }: Job) => kind === 'server_migration';
/** Only a caller can cancel. */
const canBeCancelled = ({ on }: Job) => on.request !== undefined;
const filesOf = ({ kind, fields }: Job) =>
  kind === 'backup_import' && isRecord(fields['backup_files']) ? fields['backup_files'] : undefined;
const importsLatest = (job: Job) => asksForLatest(filesOf(job) ?? {});
const takesBackup = (job: Job) => filesOf(job)?.['copy_first'] === true || job.fields['backup_target_first'] === true;
const releases = ({ policies }: Job) => policies.onFailure === 'release';
const looksThroughBucket = ({ on, sweep }: Job) => on.object_created?.set !== undefined || sweep !== undefined;
const targetIsServer = (job: Job) => isSms(job) && 'server' in (targetOf(job.fields) ?? {});
const targetIsTemplate = (job: Job) => isSms(job) && 'template' in (targetOf(job.fields) ?? {});

const bucketOf = (bucket: string) => [`OBS:*:*:bucket:${bucket}`];
const objectsOf = (bucket: string, prefix = '') => [`OBS:*:*:object:${bucket}/${prefix}*`];
const watched = ({ on }: Job) => (on.object_created ? bucketOf(on.object_created.bucket) : []);

/** The bucket that backups are read from, where that is known before a run; a caller may name any. */
export function backupBucket(job: Job): string | undefined {
  if (job.kind !== 'backup_import') return undefined;
  const given = filesOf(job)?.['bucket_name'];
  if (typeof given === 'string') return given;
  return job.fields['backup_files'] === undefined ? job.on.object_created?.bucket : undefined;
}

/** One row for each reason. docs/permissions.md and `deploy/policies/functions-*.json` are made from it (`npm run docs`). */
const ROWS: readonly Row[] = [
  {
    actions: ['dcs:migrationTask:create'],
    scope: 'project',
    reason: 'create the migration task',
    isNeededBy: isDcs,
  },
  {
    actions: ['dcs:migrationTask:list'],
    scope: 'project',
    reason: 'find the task that an earlier delivery of the same event has made',
    isNeededBy: isDcs,
  },
  {
    actions: ['dcs:instance:get'],
    scope: 'project',
    reason: 'look at the instances before anything changes',
    isNeededBy: isDcs,
  },
  {
    actions: ['dcs:migrationTask:get'],
    scope: 'project',
    reason: 'follow the task, and show it to callers',
    isNeededBy: (job, hasLedger) => isDcs(job) && (hasLedger || canBeCancelled(job)),
  },
  {
    actions: ['dcs:migrationTask:modify'],
    scope: 'project',
    reason: 'configure the task (configure), stop it (stop_when), or cancel it for a caller',
    isNeededBy: (job) =>
      isDcs(job) &&
      (job.fields['configure'] !== undefined || job.policies.stopWhen !== undefined || canBeCancelled(job)),
  },
  {
    actions: ['dcs:migrationTask:delete'],
    scope: 'project',
    reason: 'release the migration machine of a task that cannot be used (on_failure: release)',
    isNeededBy: releases,
  },
  {
    actions: ['dcs:instance:getDataBackupLog'],
    scope: 'project',
    reason: 'find the newest backup (latest_of), and see when a backup is complete',
    isNeededBy: (job) => importsLatest(job) || takesBackup(job),
  },
  {
    actions: ['dcs:instance:backupData'],
    scope: 'project',
    reason: 'take a backup (copy_first, backup_target_first)',
    isNeededBy: takesBackup,
  },
  {
    actions: ['sms:server:createTask'],
    scope: 'either',
    reason: 'create the migration task',
    isNeededBy: isSms,
  },
  {
    actions: ['sms:server:listTask'],
    scope: 'either',
    reason: 'see whether the source server has a task already',
    isNeededBy: isSms,
  },
  {
    actions: ['sms:server:getTask'],
    scope: 'either',
    reason: 'follow the task, and show it to callers',
    isNeededBy: (job, hasLedger) => isSms(job) && (hasLedger || canBeCancelled(job)),
  },
  {
    actions: ['sms:server:manageTask'],
    scope: 'either',
    reason: 'start the task (start: true), or cancel it for a caller',
    isNeededBy: (job) => isSms(job) && (job.fields['start'] === true || canBeCancelled(job)),
  },
  {
    actions: ['sms:server:get'],
    scope: 'either',
    reason: 'derive the request from the source server (target)',
    isNeededBy: (job) => targetIsServer(job) || targetIsTemplate(job),
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
    reason: "find the project of the target's region, where neither job nor template has project_id",
    isNeededBy: (job) => (targetIsServer(job) || targetIsTemplate(job)) && job.fields['project_id'] === undefined,
  },
  {
    actions: ['smn:topic:publish'],
    scope: 'project',
    reason: 'tell people what became of runs (notify)',
    isNeededBy: ({ policies }) => policies.notify !== undefined,
  },
  {
    actions: ['obs:object:GetObject'],
    scope: 'global',
    reason:
      'look into the backup files before they are imported; without it a warning says that they were not looked into',
    isNeededBy: (job) => job.policies.preflight !== 'off' && (backupBucket(job) !== undefined || mayBringFiles(job)),
    resourcesOf: (job) => objectsOf(backupBucket(job) ?? '*'),
  },
  {
    actions: ['obs:object:GetObject'],
    scope: 'global',
    reason: 'read the list of files in the marker of a set (manifest)',
    isNeededBy: ({ on }) => on.object_created?.set?.complete.manifest === true,
    resourcesOf: ({ on }) => objectsOf(on.object_created?.bucket ?? '*'),
  },
  {
    actions: ['obs:bucket:GetBucketVersioning', 'obs:bucket:ListBucket', 'obs:bucket:ListBucketVersions'],
    scope: 'global',
    reason: 'list the objects of the watched bucket (set, sweep)',
    isNeededBy: looksThroughBucket,
    resourcesOf: watched,
  },
];

/** A caller may name the files, or a placeholder does. */
function mayBringFiles({ kind, on, fields }: Job): boolean {
  return (
    kind === 'backup_import' &&
    (on.request?.accepts.includes('backup_files') ?? false) &&
    !asksForLatest(recordOf(fields['backup_files']))
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/**
 * What the jobs of a file need to be allowed, a row for each action and reason, and for the resources that are known.
 *
 * @returns in the order of the table; empty only for a file that can start nothing
 */
export function neededActions({ jobs, ledger }: Jobs, hasLedger: boolean = ledger !== undefined): NeededAction[] {
  const all = [...jobs.values()];
  const rows = ROWS.flatMap(({ actions, scope, reason, isNeededBy, resourcesOf }) => {
    const needing = all.filter((job) => isNeededBy(job, hasLedger));
    if (needing.length === 0) return [];
    const resources = resourcesOf && [...new Set(needing.flatMap(resourcesOf))].sort();
    const names = needing.map(({ name }) => name);
    return actions.map((action) => ({ action, scope, reason, jobs: names, ...(resources ? { resources } : {}) }));
  });
  if (!ledger) return rows;
  const { bucket, prefix } = ledger.obs;
  const inLedger = (action: string, resources: readonly string[]): NeededAction => ({
    action,
    scope: 'global',
    reason: 'read and write the ledger',
    jobs: [],
    resources,
  });
  return [
    ...rows,
    inLedger('obs:object:GetObject', objectsOf(bucket, prefix)),
    inLedger('obs:object:PutObject', objectsOf(bucket, prefix)),
    inLedger('obs:object:DeleteObject', objectsOf(bucket, prefix)),
    inLedger('obs:bucket:ListBucket', bucketOf(bucket)),
  ];
}

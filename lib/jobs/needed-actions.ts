import { isStoredReference } from '../kernel/secret-reference.ts';
import type { ActionKind } from '../migrations/action.ts';
import { ACTION_KINDS, REVIEWS } from '../migrations/actions.ts';
import type { GrantScope, PermissionRow } from '../migrations/permission-row.ts';
import type { Job, Jobs } from './job.ts';
import { secretsNeededBy } from './job-secrets.ts';

/** A permission that the functions' execution agency needs, and why. */
export interface NeededAction {
  readonly action: string;
  readonly scope: GrantScope;
  /** Completes a sentence after "to". */
  readonly reason: string;
  /** The names of the jobs that need it; empty for the ledger and Cloud Eye, which belong to the whole file. */
  readonly jobs: readonly string[];
  /** In the form of a policy; absent: all resources. */
  readonly resources?: readonly string[];
}

const listsBucket = ({ on, sweep }: Job) => on.object_created?.set !== undefined || sweep !== undefined;
const filesFrom = (job: Job) => REVIEWS[job.kind].filesFrom?.(job);

const bucketOf = (bucket: string) => [`OBS:*:*:bucket:${bucket}`];
const objectsOf = (bucket: string, prefix = '') => [`OBS:*:*:object:${bucket}/${prefix}*`];
const watched = ({ on }: Job) => (on.object_created ? bucketOf(on.object_created.bucket) : []);

/** The bucket that backups are read from, if it is known before a run; a caller may name any. */
export function backupBucket(job: Job): string | undefined {
  return filesFrom(job)?.bucket;
}

/** Permissions that do not depend on the action, one row per reason. */
const ROWS: readonly PermissionRow<Job>[] = [
  {
    actions: ['smn:topic:publish'],
    scope: 'project',
    reason: 'send notifications about runs (notify)',
    isNeededBy: ({ policies }) => policies.notify !== undefined,
  },
  {
    actions: ['obs:object:GetObject'],
    scope: 'global',
    reason: 'check the backup files before they are imported; without it, a warning says that they were not checked',
    isNeededBy: (job) => job.policies.preflight !== 'off' && filesFrom(job) !== undefined,
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
    isNeededBy: listsBucket,
    resourcesOf: watched,
  },
];

/** CreateMetricData and CreateEvents (CES API reference, "Supported Actions", 2025-11). */
const CLOUD_EYE: readonly NeededAction[] = (
  [
    ['ces:metricData:create', 'report metrics to Cloud Eye (cloud_eye)'],
    ['ces:events:post', 'report events to Cloud Eye (cloud_eye)'],
  ] as const
).map(([action, reason]) => ({ action, scope: 'project', reason, jobs: [] }));

/**
 * The permissions that the jobs of a file need, one per action and reason, with the resources that are known. docs/permissions.md and
 * `deploy/policies/functions-*.json` are generated from it (`npm run docs`).
 *
 * @returns in the order of the tables, those of the actions first; empty only for a file that can't start anything
 */
export function neededActions(file: Jobs, hasLedger: boolean = file.ledger !== undefined): NeededAction[] {
  const { jobs, ledger, cloudEye } = file;
  const all = [...jobs.values()];
  const ofAction = (kind: ActionKind): readonly PermissionRow<Job>[] => REVIEWS[kind].permissions.flat();
  const everyRow = [...new Set(ACTION_KINDS.flatMap(ofAction)), ...ROWS];
  const rows = everyRow.flatMap((row): NeededAction[] => {
    const { actions, scope, reason, isNeededBy, resourcesOf } = row;
    const isFor = ({ kind }: Job) => ROWS.includes(row) || ofAction(kind).includes(row);
    const needing = all.filter((job) => isFor(job) && (isNeededBy?.(job, hasLedger) ?? true));
    if (needing.length === 0) return [];
    const resources = resourcesOf && [...new Set(needing.flatMap(resourcesOf))].sort();
    const names = needing.map(({ name }) => name);
    return actions.map((action) => ({ action, scope, reason, jobs: names, ...(resources ? { resources } : {}) }));
  });
  const known = [...rows, ...secretActions(file), ...(cloudEye ? CLOUD_EYE : [])];
  if (!ledger) return known;
  const { bucket, prefix } = ledger.obs;
  const inLedger = (action: string, resources: readonly string[]): NeededAction => ({
    action,
    scope: 'global',
    reason: 'read and write the ledger',
    jobs: [],
    resources,
  });
  return [
    ...known,
    inLedger('obs:object:GetObject', objectsOf(bucket, prefix)),
    inLedger('obs:object:PutObject', objectsOf(bucket, prefix)),
    inLedger('obs:object:DeleteObject', objectsOf(bucket, prefix)),
    inLedger('obs:bucket:ListBucket', bucketOf(bucket)),
  ];
}

/** What reading secrets from DEW takes; empty for a file that refers to none. */
function secretActions(file: Jobs): NeededAction[] {
  const jobs = [...file.jobs.values()]
    .filter((job) => secretsNeededBy(job, file).some(isStoredReference))
    .map(({ name }) => name);
  if (jobs.length === 0) return [];
  return [
    { action: 'csms:secretVersion:get', scope: 'project', reason: 'read secrets from DEW (csms)', jobs },
    { action: 'kms:dek:decrypt', scope: 'project', reason: 'decrypt them', jobs },
  ];
}

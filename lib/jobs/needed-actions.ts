import { isStoredReference } from '../kernel/secret-reference.ts';
import type { ActionKind } from '../migrations/action.ts';
import { ACTION_KINDS, REVIEWS } from '../migrations/actions.ts';
import type { GrantScope, PermissionRow, UsedBy } from '../migrations/permission-row.ts';
import type { Job, Jobs } from './job.ts';
import { secretsNeededBy } from './job-secrets.ts';

/** The functions, by what starts them. */
export const FUNCTION_NAMES = ['backup-landed', 'schedule', 'webhook', 'reconcile'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** A permission that the functions' execution agency needs, and why. */
export interface NeededAction {
  readonly action: string;
  readonly scope: GrantScope;
  /** Completes a sentence after "to". */
  readonly reason: string;
  /** The names of the jobs that need it; empty for the ledger and Cloud Eye, which belong to the whole file. */
  readonly jobs: readonly string[];
  /** The names of the functions that need it. */
  readonly functions: readonly FunctionName[];
  /** In the form of a policy; absent: all resources. */
  readonly resources?: readonly string[];
}

const listsBucket = ({ on, sweep }: Job) => on.object_created?.set !== undefined || sweep !== undefined;
const filesFrom = (job: Job) => REVIEWS[job.kind].filesFrom?.(job);

const bucketOf = (bucket: string) => [`OBS:*:*:bucket:${bucket}`];
const objectsOf = (bucket: string, prefix = '') => [`OBS:*:*:object:${bucket}/${prefix}*`];
const watched = ({ on }: Job) => (on.object_created ? bucketOf(on.object_created.bucket) : []);

/** The functions that start the runs of a job. */
function startersOf({ on }: Job): FunctionName[] {
  return [
    ...(on.object_created ? (['backup-landed'] as const) : []),
    ...(on.schedule ? (['schedule'] as const) : []),
    ...(on.request ? (['webhook'] as const) : []),
  ];
}

function usersOf(
  { usedBy = 'starts' }: Pick<PermissionRow<Job>, 'usedBy'>,
  jobs: readonly Job[],
  hasLedger: boolean,
): FunctionName[] {
  const starters = new Set(jobs.flatMap(startersOf));
  const used = {
    starts: FUNCTION_NAMES,
    callers: ['webhook'],
    watches: ['backup-landed'],
    reconcile: [],
  } as const satisfies Record<UsedBy, readonly FunctionName[]>;
  const users: readonly FunctionName[] = used[usedBy];
  return FUNCTION_NAMES.filter((name) =>
    name === 'reconcile' ? hasLedger : users.includes(name) && starters.has(name),
  );
}

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
    usedBy: 'reconcile',
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
    usedBy: 'watches',
    isNeededBy: ({ on }) => on.object_created?.set?.complete.manifest === true,
    resourcesOf: ({ on }) => objectsOf(on.object_created?.bucket ?? '*'),
  },
  {
    actions: ['obs:bucket:GetBucketVersioning', 'obs:bucket:ListBucket', 'obs:bucket:ListBucketVersions'],
    scope: 'global',
    reason: 'list the objects of the watched bucket (set, sweep)',
    usedBy: 'watches',
    isNeededBy: listsBucket,
    resourcesOf: watched,
  },
];

/** CreateMetricData and CreateEvents (CES API reference, "Supported Actions", 2025-11). */
const CLOUD_EYE = [
  { action: 'ces:metricData:create', scope: 'project', reason: 'report metrics to Cloud Eye (cloud_eye)' },
  { action: 'ces:events:post', scope: 'project', reason: 'report events to Cloud Eye (cloud_eye)' },
] as const;

/**
 * The permissions that the jobs of a file need, one per action and reason, with the resources that are known. docs/permissions.md and
 * the policies of the functions in `deploy/policies` are generated from it (`npm run docs`).
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
    const functions = usersOf(row, needing, hasLedger);
    return actions.map((action) => ({
      action,
      scope,
      reason,
      jobs: names,
      functions,
      ...(resources ? { resources } : {}),
    }));
  });
  const everyone: FunctionName[] = [
    ...new Set(all.flatMap(startersOf)),
    ...(hasLedger ? (['reconcile'] as const) : []),
  ];
  const toCloudEye = cloudEye ? CLOUD_EYE.map((row) => ({ ...row, jobs: [], functions: everyone })) : [];
  const known = [...rows, ...secretActions(file, hasLedger), ...toCloudEye];
  if (!ledger) return known;
  const { bucket, prefix } = ledger.obs;
  const inLedger = (action: string, resources: readonly string[]): NeededAction => ({
    action,
    scope: 'global',
    reason: 'read and write the ledger',
    jobs: [],
    functions: everyone,
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
function secretActions(file: Jobs, hasLedger: boolean): NeededAction[] {
  const needing = [...file.jobs.values()].filter((job) => secretsNeededBy(job, file).some(isStoredReference));
  if (needing.length === 0) return [];
  const jobs = needing.map(({ name }) => name);
  const functions = usersOf({}, needing, hasLedger);
  return [
    { action: 'csms:secretVersion:get', scope: 'project', reason: 'read secrets from DEW (csms)', jobs, functions },
    { action: 'kms:dek:decrypt', scope: 'project', reason: 'decrypt them', jobs, functions },
  ];
}

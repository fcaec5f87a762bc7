import type { ActionKind } from '../migrations/action.ts';
import { ACTION_KINDS, REVIEWS } from '../migrations/actions.ts';
import type { GrantScope, PermissionRow } from '../migrations/permission-row.ts';
import type { Job, Jobs } from './job.ts';

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

const looksThroughBucket = ({ on, sweep }: Job) => on.object_created?.set !== undefined || sweep !== undefined;
const filesFrom = (job: Job) => REVIEWS[job.kind].filesFrom?.(job);

const bucketOf = (bucket: string) => [`OBS:*:*:bucket:${bucket}`];
const objectsOf = (bucket: string, prefix = '') => [`OBS:*:*:object:${bucket}/${prefix}*`];
const watched = ({ on }: Job) => (on.object_created ? bucketOf(on.object_created.bucket) : []);

/** The bucket that backups are read from, where that is known before a run; a caller may name any. */
export function backupBucket(job: Job): string | undefined {
  return filesFrom(job)?.bucket;
}

/** What an action has no part in, a row for each reason. */
const ROWS: readonly PermissionRow<Job>[] = [
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
    isNeededBy: looksThroughBucket,
    resourcesOf: watched,
  },
];

/**
 * What the jobs of a file need to be allowed, a row for each action and reason, and for the resources that are known. docs/permissions.md and
 * `deploy/policies/functions-*.json` are made from it (`npm run docs`).
 *
 * @returns in the order of the tables, those of the actions first; empty only for a file that can start nothing
 */
export function neededActions({ jobs, ledger }: Jobs, hasLedger: boolean = ledger !== undefined): NeededAction[] {
  const all = [...jobs.values()];
  const ofAction = (kind: ActionKind): readonly PermissionRow<Job>[] => REVIEWS[kind].permissions.flat();
  const everyRow = [...new Set(ACTION_KINDS.flatMap(ofAction)), ...ROWS];
  const rows = everyRow.flatMap((row) => {
    const { actions, scope, reason, isNeededBy, resourcesOf } = row;
    const isFor = ({ kind }: Job) => ROWS.includes(row) || ofAction(kind).includes(row);
    const needing = all.filter((job) => isFor(job) && (isNeededBy?.(job, hasLedger) ?? true));
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

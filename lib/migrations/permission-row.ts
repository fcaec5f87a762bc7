import type { ReviewedJob } from './action-review.ts';

/**
 * The scope in which IAM grants an action: a region's project, or global services (IAM user guide iam_01_0605: a custom policy can't have both).
 * `either`: not documented, as for SMS.
 */
export type GrantScope = 'project' | 'global' | 'either';

/**
 * Which functions make the calls. `starts`: those that start the job, and reconcile, which starts what had to wait. `callers`: the webhook and reconcile.
 * `watches`: the one that objects start, and reconcile. test/functions/least-rights.test.ts walks them.
 */
export type UsedBy = 'starts' | 'callers' | 'watches' | 'reconcile';

/** The permissions that jobs of an action need for one reason. */
export interface PermissionRow<Job = ReviewedJob> {
  readonly actions: readonly string[];
  readonly scope: GrantScope;
  /** Completes a sentence after "to". */
  readonly reason: string;
  /** Absent: every job needs them. */
  readonly isNeededBy?: (job: Job, hasLedger: boolean) => boolean;
  /** @default 'starts' */
  readonly usedBy?: UsedBy;
  /** Absent: all resources. */
  readonly resourcesOf?: (job: Job) => readonly string[];
}

/** Can callers cancel runs of this job? Only jobs with `on.request` have callers. */
export function canBeCancelled({ on }: Pick<ReviewedJob, 'on'>): boolean {
  return on.request !== undefined;
}

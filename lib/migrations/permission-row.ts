import type { ReviewedJob } from './action-review.ts';

/**
 * Where IAM grants an action: in a region's project, or for the services that all regions share (IAM user guide iam_01_0605: no custom policy has
 * both). Of SMS no page says it: `either`.
 */
export type GrantScope = 'project' | 'global' | 'either';

/** What jobs of an action need to be allowed, for one reason. */
export interface PermissionRow<Job = ReviewedJob> {
  readonly actions: readonly string[];
  readonly scope: GrantScope;
  /** As a sentence would go on after "to". */
  readonly reason: string;
  /** Absent: every job does. */
  readonly isNeededBy?: (job: Job, hasLedger: boolean) => boolean;
  /** Absent: every resource. */
  readonly resourcesOf?: (job: Job) => readonly string[];
}

/** Only a caller can cancel. */
export function canBeCancelled({ on }: Pick<ReviewedJob, 'on'>): boolean {
  return on.request !== undefined;
}

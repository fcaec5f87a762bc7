import type { ObjectTrigger } from '../events/trigger.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Secret, SecretReference } from '../kernel/secret.ts';
import type { AllServices } from '../ports/services.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { RunResult } from './report/run-result.ts';

/** What all that works on runs is given: one bag, made once for an invocation. */
export interface RunDeps {
  readonly services: AllServices;
  readonly secret: (reference: SecretReference) => Secret;
  /** Milliseconds that this invocation still has. */
  readonly remainingMs: () => number;
  /** Until nothing that was begun here can go on any more, where that is later: the work has a share of the invocation's time only. */
  readonly leaseMs?: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Absent: the cloud's own lists are the only memory. */
  readonly ledger?: Ledger;
  /**
   * Starts a job for the version of an object that lies in the bucket, as a sweep does. `undefined` when the job takes no such object any more. Absent
   * where no jobs file is at hand.
   */
  readonly startVersion?: (job: string, object: ObjectTrigger) => Promise<RunResult | undefined>;
  /** Is this `reconcile`, which looks again at its next tick? Then nothing is waited for here: many other runs are next. */
  readonly isTick?: true;
}

/** With a ledger. */
export type RecordedDeps = RunDeps & { readonly ledger: Ledger };

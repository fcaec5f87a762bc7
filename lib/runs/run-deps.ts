import type { ObjectTrigger } from '../events/trigger.ts';
import type { Logger } from '../kernel/logger.ts';
import type { ReadSecret } from '../kernel/secret-reference.ts';
import type { AllServices } from '../ports/services.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { CloudEye } from './report/cloud-eye.ts';
import type { RunResult } from './report/run-result.ts';

/** The dependencies of everything that works on runs, created once per invocation. */
export interface RunDeps {
  readonly services: AllServices;
  readonly secret: ReadSecret;
  /** Milliseconds left for this invocation. */
  readonly remainingMs: () => number;
  /** Milliseconds until nothing started here can still be running. Set when the work has only a share of the invocation's time. */
  readonly leaseMs?: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly log: Logger;
  /** If absent, the cloud's own lists are the only record. */
  readonly ledger?: Ledger;
  /** Collects what this invocation reports to Cloud Eye. Absent without `cloud_eye` in the jobs file. */
  readonly cloudEye?: CloudEye;
  /**
   * Starts a job for the version of an object that is in the bucket, as a sweep does. Returns `undefined` when the job no longer matches the object.
   * Absent where there is no jobs file.
   */
  readonly startVersion?: (job: string, object: ObjectTrigger) => Promise<RunResult | undefined>;
  /** Set in a tick of `reconcile`, which checks again at the next tick. Nothing waits here, because many other runs are next. */
  readonly isTick?: true;
}

/** `RunDeps` with a ledger. */
export type RecordedDeps = RunDeps & { readonly ledger: Ledger };

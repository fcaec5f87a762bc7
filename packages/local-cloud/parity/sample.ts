import type { ParityCall, ParityCloud } from './parity-cloud.ts';

/** A call that succeeds on a seeded cloud, unless it is marked. */
export interface SampleCall extends ParityCall {
  /** Values for fields of which the facts give only a type, by path: a time, an ID. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The operation is always refused. */
  readonly isRefused?: boolean;
}

/** Prepares the cloud and returns the call. */
export type Sample = (cloud: ParityCloud) => SampleCall | Promise<SampleCall>;

/** By operation: one sample, or several if a field is only allowed, or a state only reached, in one of them. */
export type Samples = Readonly<Record<string, Sample | readonly Sample[]>>;

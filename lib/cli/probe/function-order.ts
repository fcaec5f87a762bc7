import type { ProbePlace } from './make-world.ts';
import type { ProbeFile } from './probe-file.ts';

/** The event of a probe's function. Nothing in it is secret. */
export interface ProbeOrder {
  readonly place: ProbePlace | { readonly missing: string };
  readonly folderName: string;
  readonly region: string;
  /** Base URL of FunctionGraph. */
  readonly functionGraph: string;
  /** The DCS instances of the jobs file. */
  readonly instanceIds: readonly string[];
  /** The actions that the jobs need. */
  readonly actions: readonly string[];
  /** As in `WorldOptions`. */
  readonly rounds?: number;
}

/**
 * What it returns. `isClean`: it removed its objects. `failed`: why there are no answers.
 *
 * - `no_keys`: the context has no keys of an agency.
 * - `out_of_time`: FunctionGraph would have ended it.
 * - `stopped`: it was asked to.
 */
export type ProbeReport =
  | { readonly file: ProbeFile; readonly isClean: boolean }
  | { readonly failed: 'no_keys' | 'out_of_time' | 'stopped'; readonly isClean: boolean };

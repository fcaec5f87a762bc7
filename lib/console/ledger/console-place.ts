import type { Jobs } from '../../jobs/job.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import type { ViewSetDeps } from '../../runs/sets/view-set.ts';
import type { ChangeRequest } from './change-request.ts';
import type { TaskUpdate } from './run-rows.ts';

/** A deployment whose ledger a console shows. */
export interface ConsolePlace {
  /** Unique among the places of a console. */
  readonly name: string;
  /** How fresh it is kept, and at what cost. */
  readonly pace: Pace;
  /** Called until it succeeds. @throws {AppError} for a jobs file or settings that do not say where the ledger is */
  open(): Promise<OpenPlace>;
  /** How a command reaches the same place: what is put before `npx migrations`, and its flags, each with a space where it needs one. */
  readonly command: { readonly before: string; readonly flags: string };
  /** The current state of a task in the cloud. @default the cloud is not asked */
  readonly taskUpdate?: (id: string) => TaskUpdate | undefined;
  /** For listing the buckets of sets. @default they are not listed */
  readonly look?: ViewSetDeps['look'];
  /** Called once for each new trouble. @default it is only shown */
  readonly onTrouble?: (text: string) => void;
}

export interface OpenPlace {
  readonly ledger: Ledger;
  /** The ledger's location, for people: `obs://bucket/prefix`, or a folder. */
  readonly where: string;
  /** The jobs file as it is now. @throws {ConfigError} with every problem in it */
  loadJobs(): Promise<Jobs>;
  /** Absent if nothing may be changed. @throws {AppError} if the change would be refused */
  readonly prepareChange?: (request: ChangeRequest) => Promise<PreparedChange>;
}

/** A change that a person has yet to confirm. */
export interface PreparedChange {
  /** Names what is changed, and says what happens. */
  readonly question: string;
  /** What to know before the answer. */
  readonly notes?: readonly string[];
  /** @returns what has happened @throws {AppError} if it is refused */
  perform(): Promise<ChangeEnd>;
}

interface ChangeEnd {
  /** 0: done. */
  readonly code: number;
  readonly lines: readonly string[];
  readonly notes?: readonly string[];
}

export interface Pace {
  /** The least time between listings of the ledger's names. */
  readonly scanMs: number;
  /** See `RunRowsOptions`. */
  readonly keep: number;
  readonly clockMarginMs: number;
}

/** A ledger in a folder of this machine: reading it costs nothing. */
export const LOCAL_PACE: Pace = { scanMs: 1_000, keep: 2_000, clockMarginMs: 100 };

/** A ledger in OBS. Times in listings are whole seconds of another clock, which is off by a few seconds at most: OBS refuses requests otherwise. */
export const REMOTE_PACE: Pace = { scanMs: 15_000, keep: 200, clockMarginMs: 5_000 };

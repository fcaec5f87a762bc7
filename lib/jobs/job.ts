import type { SecretReference } from '../kernel/secret.ts';
import type { ActionKind, Target } from '../migrations/action.ts';
import type { TaskPolicies } from '../migrations/task-policies.ts';

/** FunctionGraph's cron (seconds first, `CRON_TZ=` allowed) or a rate (`30m`, `1h`, `7d`). */
export type Schedule = { readonly cron: string } | { readonly rate: string };

/** When a set is complete: everything that is given here holds. At least one of `marker`, `count` and `quietMs` is given. */
export interface SetComplete {
  /** An object of this name lies directly below the set's prefix. */
  readonly marker?: string;
  /** The set has at least so many files; the marker is not one of them. */
  readonly count?: number;
  /** Nothing was added for so long. */
  readonly quietMs?: number;
  /** The marker's content is the list of the set's files: all of them are there, and no others are imported. Only with `marker`. */
  readonly manifest?: true;
}

/** Objects that belong together and start one run. */
export interface ObjectSet {
  /** Prefix of a set's objects: literal text with `{set}` once, which stands for one segment or a part of one. It ends with `/`. */
  readonly by: string;
  readonly complete: SetComplete;
  /** A set that is not complete by then, from its first object on, is reported. */
  readonly deadlineMs: number;
}

/**
 * How callers of a job are known: the API Gateway authenticates, nobody does, or we do, with any one of the secrets. A secret reaches
 * exactly the jobs that list it.
 */
export type RequestAuth =
  | 'gateway'
  | 'none'
  | { readonly standard_webhooks: readonly SecretReference[] }
  | { readonly bearer: readonly SecretReference[] };

/** What starts a job. At least one is there. */
export interface JobTriggers {
  readonly object_created?: { readonly bucket: string; readonly key: string; readonly set?: ObjectSet };
  readonly schedule?: Schedule;
  /** Without `auth` the gateway authenticates. */
  readonly request?: { readonly accepts: readonly string[]; readonly auth?: RequestAuth };
}

/** Where the durable record of runs is. The prefix ends with `/`. */
export interface Ledger {
  readonly obs: { readonly bucket: string; readonly prefix: string };
}

/**
 * What becomes of a run while another one has its target: it waits (`queue`), it waits and those of its job and target that wait already
 * are superseded (`latest`; a request is never superseded), or it is refused (`reject`).
 */
export const OVERLAPS = ['queue', 'latest', 'reject'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** How often the job's bucket is looked through for objects whose notification never came, and how far back (at least `everyMs`). */
export interface Sweep {
  readonly everyMs: number;
  readonly lookBackMs: number;
}

/** A checked entry of `migrations.yml`. */
export interface Job {
  readonly name: string;
  readonly on: JobTriggers;
  readonly kind: ActionKind;
  /** The action's fields as the file has them: placeholders not filled, secrets as references, a target by its name. Our own keys of the action are among them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** In force where there is a ledger. */
  readonly overlap: Overlap;
  /** At most so many runs in each window of this length (ms); windows begin at whole multiples of it. In force where there is a ledger. */
  readonly limit: { readonly runs: number; readonly perMs: number };
  /** Only with `on.object_created`, and where there is a ledger. */
  readonly sweep?: Sweep;
  /** What holds for each task of the job: a plan gets them through `PlanContext.policies`. */
  readonly policies: TaskPolicies;
}

/** The checked form of `migrations.yml`. */
export interface Jobs {
  readonly version: 1;
  readonly region: string;
  /** Absent: the cloud's own lists are the only memory, unless whoever loaded the file brings a ledger. */
  readonly ledger?: Ledger;
  /** How long a task that was sent may take to show in a list. */
  readonly settleSeconds: number;
  readonly timeZone?: string;
  readonly targets: ReadonlyMap<string, Target>;
  readonly jobs: ReadonlyMap<string, Job>;
}

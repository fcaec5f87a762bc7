import type { SecretReference } from '../kernel/secret.ts';
import type { ActionKind, Target } from '../migrations/action.ts';
import type { TaskPolicies } from '../migrations/task-policies.ts';
import type { ValueOf, ValuesOf } from '../schema/fields.ts';
import type { FILE } from './fields/file.ts';
import type { OBJECT_SET } from './fields/object-set.ts';
import type { RUN_POLICIES } from './fields/policies.ts';
import type { onField } from './fields/triggers.ts';

/** What starts a job. At least one is there. Without `request.auth` the gateway authenticates. */
export type JobTriggers = ValueOf<ReturnType<typeof onField>>;

/** FunctionGraph's cron (seconds first, `CRON_TZ=` allowed) or a rate (`30m`, `1h`, `7d`). */
export type Schedule = NonNullable<JobTriggers['schedule']>;

/** Objects that belong together and start one run. */
export type ObjectSet = ValueOf<typeof OBJECT_SET>;

/** When a set is complete: everything that is given here holds. At least one of `marker`, `count` and `quietMs` is given. */
export type SetComplete = ObjectSet['complete'];

/**
 * How callers of a job are known: the API Gateway authenticates, nobody does, or we do, with any one of the secrets. A secret reaches
 * exactly the jobs that list it.
 */
export type RequestAuth =
  | 'gateway'
  | 'none'
  | { readonly standard_webhooks: readonly SecretReference[] }
  | { readonly bearer: readonly SecretReference[] };

/** Where the durable record of runs is. The prefix ends with `/`. */
export type LedgerSettings = ValueOf<typeof FILE.ledger>;

type RunPolicies = ValuesOf<typeof RUN_POLICIES>;

/**
 * What becomes of a run while another one has its target: it waits (`queue`), it waits and those of its job and target that wait already
 * are superseded (`latest`; a request is never superseded), or it is refused (`reject`).
 */
export type Overlap = RunPolicies['overlap'];

/** How often the job's bucket is looked through for objects whose notification never came, and how far back (at least `everyMs`). */
export type Sweep = NonNullable<RunPolicies['sweep']>;

/** A checked entry of `migrations.yml`. Its `overlap`, `limit` and `sweep` are in force where there is a ledger. */
export interface Job extends RunPolicies {
  readonly name: string;
  readonly on: JobTriggers;
  readonly kind: ActionKind;
  /** The action's fields as the file has them: placeholders not filled, secrets as references, a target by its name. Our own keys of the action are among them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What holds for each task of the job: a plan gets them through `PlanContext.policies`. */
  readonly policies: TaskPolicies;
}

/** The checked form of `migrations.yml`. */
export interface Jobs {
  readonly version: 1;
  readonly region: string;
  /** Absent: the cloud's own lists are the only memory, unless whoever loaded the file brings a ledger. */
  readonly ledger?: LedgerSettings;
  /** How long a task that was sent may take to show in a list. */
  readonly settleSeconds: number;
  readonly timeZone?: string;
  readonly targets: ReadonlyMap<string, Target>;
  readonly jobs: ReadonlyMap<string, Job>;
}

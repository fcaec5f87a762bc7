import type { SecretReference } from '../kernel/secret-reference.ts';
import type { ActionKind, Target } from '../migrations/action.ts';
import type { TaskPolicies } from '../migrations/task-policies.ts';
import type { ValueOf, ValuesOf } from '../schema/fields.ts';
import type { FILE } from './fields/file.ts';
import type { OBJECT_SET } from './fields/object-set.ts';
import type { RUN_POLICIES } from './fields/policies.ts';
import type { onField } from './fields/triggers.ts';

/** What starts a job; at least one is set. Without `request.auth`, the gateway authenticates. */
export type JobTriggers = ValueOf<ReturnType<typeof onField>>;

/** FunctionGraph's cron (seconds first, `CRON_TZ=` allowed) or a rate (`30m`, `1h`, `7d`). */
export type Schedule = NonNullable<JobTriggers['schedule']>;

/** A set of objects that starts one run. */
export type ObjectSet = ValueOf<typeof OBJECT_SET>;

/** When a set is complete: all given conditions must hold. At least one of `marker`, `count` and `quietMs` is set. */
export type SetComplete = ObjectSet['complete'];

/** A secret that authenticates callers. */
export type CallerSecret = SecretReference & {
  /** The label of its callers. Callers with another label, or without one, do not see their runs. */
  readonly as?: string;
};

/**
 * How callers of a job are authenticated: by the API Gateway, not at all, or by the webhook with any one of the secrets. A secret gives access to
 * exactly the jobs that list it.
 */
export type RequestAuth =
  | 'gateway'
  | 'none'
  | { readonly standard_webhooks: readonly CallerSecret[] }
  | { readonly bearer: readonly CallerSecret[] };

/** Where the ledger is stored. The prefix ends with `/`. */
export type LedgerSettings = ValueOf<typeof FILE.ledger>;

/** Where in Cloud Eye events and metrics are reported. */
type CloudEyeSettings = ValueOf<typeof FILE.cloud_eye>;

type RunPolicies = ValuesOf<typeof RUN_POLICIES>;

/**
 * What happens to a run while another one has its target: it waits (`queue`), it waits and supersedes the runs of the same job and target that
 * already wait (`latest`; requests are never superseded), or it is refused (`reject`).
 */
export type Overlap = RunPolicies['overlap'];

/** How often the job's bucket is searched for objects whose notification never arrived, and how far back (at least `everyMs`). */
export type Sweep = NonNullable<RunPolicies['sweep']>;

/** A checked job of `migrations.yml`. Its `overlap`, `limit` and `sweep` apply only with a ledger. */
export interface Job extends RunPolicies {
  readonly name: string;
  readonly on: JobTriggers;
  readonly kind: ActionKind;
  /** The action's fields as in the file, including our own keys: placeholders not filled, secrets as references, a target by its name. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The policies of the job's tasks. A plan gets them through `PlanContext.policies`. */
  readonly policies: TaskPolicies;
}

/** The checked form of `migrations.yml`. */
export interface Jobs {
  readonly version: 1;
  readonly region: string;
  /** Absent: the cloud's own lists are the only record, unless the loader provides a ledger. */
  readonly ledger?: LedgerSettings;
  /** How long a created task may take to appear in a list. */
  readonly settleSeconds: number;
  readonly timeZone?: string;
  /** Absent: nothing is reported to Cloud Eye. */
  readonly cloudEye?: CloudEyeSettings;
  readonly targets: ReadonlyMap<string, Target>;
  readonly jobs: ReadonlyMap<string, Job>;
}

import type { Secret, SecretReference } from '../kernel/secret.ts';
import type { CreatedTask } from '../ports/created-task.ts';
import type { Services } from '../ports/services.ts';
import type { FieldTable } from '../schema/fields.ts';
import type { TaskPolicies } from './task-policies.ts';
import type { TaskState } from './task-state.ts';

export const ACTION_KINDS = ['backup_import', 'online_migration', 'server_migration'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** A DCS instance that the jobs file gives a name. */
export interface Target {
  readonly id: string;
  readonly password?: SecretReference;
}

/** The names that fields may stand for. */
export interface TargetNames {
  readonly targets: ReadonlyMap<string, Target>;
}

/** What a plan is made from, beside the filled fields. */
export interface PlanContext {
  readonly job: string;
  /** The run's id: 32 hex digits. The task's name carries its first ones. */
  readonly run: string;
  readonly targets: ReadonlyMap<string, Target>;
  /** The object that started the run; an import takes its file from it when the job names none. */
  readonly object?: { readonly bucket: string; readonly key: string };
  /** The complete set that started the run, without its marker; all its keys become the files of one import. */
  readonly set?: { readonly bucket: string; readonly keys: readonly string[] };
  /** The job's; the plan carries them unchanged. */
  readonly policies?: TaskPolicies;
}

/** Which backup an import takes, when the job says `latest_of`: it is known only when the cloud was asked. */
export interface LatestBackup {
  /** The DCS instance whose backups are meant. */
  readonly instanceId: string;
  /** Take a fresh backup of it first, with the run's id in its remark, and import that one. */
  readonly copyFirst: boolean;
}

/** Where a server migration goes, when the job says `target`: the rest of the body is derived from the source server. */
export type ServerTarget =
  | { readonly region: string; readonly template: string }
  | { readonly region: string; readonly server: string };

/**
 * A task as it will be asked for: checked against every limit, secrets still references. It may be recorded and printed, and holds all
 * that the run's later steps need.
 *
 * In this order: `latestBackup`, `derive` (each completes `body`), `backupTargetFirst`, the create call, `configure` or `start`.
 */
export interface PlannedTask {
  readonly kind: ActionKind;
  /** The name that we give and find it by. */
  readonly name: string;
  /**
   * What runs one task at a time: the DCS instance of an import, or of an online migration whose `configure` has its id; the source server of a
   * server migration.
   */
  readonly target?: string;
  /**
   * The create request's body, `{ user_data: NAME }` in place of each secret. With `latestBackup` or `derive` it is not complete: it has
   * what was given, which wins over what is found out.
   */
  readonly body: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  /** Import: the body lacks `backup_files.backup_id`. `withBackup` completes it. */
  readonly latestBackup?: LatestBackup;
  /** Import: take a backup of the target before the create call. */
  readonly backupTargetFirst?: true;
  /** Online migration: the body of SetOnlineMigrationTask, sent while the task is `RUNNING`. Absent: it is left to somebody else. */
  readonly configure?: Readonly<Record<string, unknown>>;
  /** Server migration: the body lacks what the source server knows. `completeServerMigration` completes it. */
  readonly derive?: ServerTarget;
  /** Server migration: send UpdateTaskStatus `start` once, when the task is `READY`. */
  readonly start?: true;
  /** Absent, as `PlanContext.policies` was: `DEFAULT_TASK_POLICIES`. */
  readonly policies?: TaskPolicies;
}

/** A task that is there already and is ours. */
export interface FoundTask {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** One action of `migrations.yml`: what it accepts, the request it becomes, how its task is found. */
export interface Action {
  readonly kind: ActionKind;
  /** Every parameter of the API page. */
  readonly fields: FieldTable;
  /** Our own keys beside them in a jobs file. They are never sent, and no caller may set them. */
  readonly ownKeys: FieldTable;
  /** What a state of its task means for whoever waits for the same target. */
  readonly stateOf: (status: string) => TaskState;
  /**
   * Makes the request of a run out of the filled fields.
   *
   * @throws {RunError} `invalid_fields` with every problem, when a field is outside the API's limits
   */
  plan(filled: Readonly<Record<string, unknown>>, context: PlanContext): PlannedTask;
  /**
   * The task of this plan, if the cloud has it: exactly our name and, for an import, our target. `undefined` when it has none.
   *
   * @throws {RunError} `source_has_task`, when the source server has another task
   * @throws {CloudError} when the list can't be read; that proves nothing
   */
  find(services: Services, planned: PlannedTask): Promise<FoundTask | undefined>;
  /**
   * Sends the create call, once.
   *
   * @throws {CloudError} see its `outcome`
   */
  create(
    services: Services,
    planned: PlannedTask,
    secret: (reference: SecretReference) => Secret,
  ): Promise<CreatedTask>;
}

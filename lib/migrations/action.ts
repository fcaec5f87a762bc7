import type { ReadSecret, SecretReference } from '../kernel/secret-reference.ts';
import type { CreatedTask } from '../ports/created-task.ts';
import type { AllServices, Services } from '../ports/services.ts';
import type { CheckOptions } from '../schema/check-fields.ts';
import type { FieldTable } from '../schema/fields.ts';
import type { CheckedFields } from '../schema/findings.ts';
import type { ACTIONS } from './actions.ts';
import type { PreflightFindings } from './preflight-findings.ts';
import type { TaskPolicies } from './task-policies.ts';
import type { TaskState } from './task-state.ts';

/** The key of an action in a jobs file. */
export type ActionKind = keyof typeof ACTIONS;

/** A DCS instance that has a name in the jobs file. */
export interface Target {
  readonly id: string;
  readonly password?: SecretReference;
}

/** The targets that fields may name. */
export interface TargetNames {
  readonly targets: ReadonlyMap<string, Target>;
}

/** What a plan is made from, in addition to the filled fields. */
export interface PlanContext {
  readonly job: string;
  /** The run's id: 32 hex digits. The task's name contains the first ones. */
  readonly run: string;
  readonly targets: ReadonlyMap<string, Target>;
  /** The object that started the run. An import uses it when the job names no file. */
  readonly object?: { readonly bucket: string; readonly key: string };
  /** The complete set that started the run, without its marker. All of its keys become the files of one import. */
  readonly set?: { readonly bucket: string; readonly keys: readonly string[] };
  /** The job's policies, copied into the plan unchanged. */
  readonly policies?: TaskPolicies;
}

/** Which backup to import when the job has `latest_of`. Only the cloud knows its id. */
export interface LatestBackup {
  /** The DCS instance whose newest backup is imported. */
  readonly instanceId: string;
  /** Take a fresh backup of it first, with the run's id in its remark, and import that. */
  readonly copyFirst: boolean;
}

/** The destination of a server migration when the job has `target`. The rest of the body is derived from the source server. */
export type ServerTarget =
  | { readonly region: string; readonly template: string }
  | { readonly region: string; readonly server: string };

/**
 * A task to be created: checked against every limit, with secrets still as references. It may be recorded and printed, and contains everything
 * that the later steps of the run need.
 *
 * The order of the steps: `latestBackup`, `derive` (each completes `body`), `backupTargetFirst`, the create call, `configure` or `start`.
 */
export interface PlannedTask {
  readonly kind: ActionKind;
  /** The name that the task is given and found by. */
  readonly name: string;
  /**
   * What can have only one task at a time: the DCS instance of an import, or of an online migration whose `configure` has its id; the source
   * server of a server migration.
   */
  readonly target?: string;
  /**
   * The body of the create request, with its reference in place of each secret. With `latestBackup` or `derive`, it is incomplete: it has
   * the given fields, which take precedence over those found out later.
   */
  readonly body: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  /** Import: the body lacks `backup_files.backup_id`. `withBackup` completes it. */
  readonly latestBackup?: LatestBackup;
  /** Import: take a backup of the target before the create call. */
  readonly backupTargetFirst?: true;
  /** Online migration: the body of SetOnlineMigrationTask, sent while the task is `RUNNING`. Absent: someone else configures it. */
  readonly configure?: Readonly<Record<string, unknown>>;
  /** Server migration: the body lacks what is derived from the source server. `completeServerMigration` completes it. */
  readonly derive?: ServerTarget;
  /** Server migration: send UpdateTaskStatus `start` once, when the task is `READY`. */
  readonly start?: true;
  /** Absent if `PlanContext.policies` was: then `DEFAULT_TASK_POLICIES` apply. */
  readonly policies?: TaskPolicies;
}

/** An existing task that belongs to the plan. */
export interface FoundTask {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** A task as its service lists it. */
export interface ListedTask {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** A row of a whole list. */
export interface NamedTask extends ListedTask {
  readonly name: string;
}

/** The services that list, follow and stop tasks. */
export type FollowServices = Pick<AllServices, 'dcsFollow' | 'smsFollow'>;

/** The progress of a task. A figure that the service does not return is `undefined`. */
export interface TaskProgress {
  /** One line for people. */
  readonly line: string;
  /** For programs. */
  readonly figures: Readonly<Record<string, number | string | undefined>>;
  /** The remaining difference between source and target of an incremental task. */
  readonly offset?: number | undefined;
}

/** The changing call that starts the work of a task that was created and is waiting. */
export interface Activation {
  readonly name: 'configure' | 'start';
  /** A state in which it is too early to send the call. */
  readonly notWhile?: string;
  /** @throws {CloudError} see its `outcome` */
  send(services: FollowServices, id: string, secret: ReadSecret): Promise<void>;
}

/** What a service does with its tasks, whichever action created them. All methods throw `CloudError` when the service cannot be reached. */
export interface TaskService {
  /** Actions of the same service share one list of tasks. */
  readonly service: string;
  /** What a target is called in messages; its id follows. */
  readonly targetLabel: string;
  /** What a state of a task means for runs that wait for the same target. */
  readonly stateOf: (status: string) => TaskState;
  /** The lane in which runs wait for a target. There is one task per lane at a time, whatever the action. */
  laneOf(target: string): string;
  /** A valid task name: `<name>` and the first digits of the run. The job's name is used if there is no name. */
  taskName(name: string | undefined, job: string, run: string): string;
  /** All tasks of the project. */
  listTasks(services: FollowServices): Promise<readonly NamedTask[]>;
  /** The states of all tasks that may use a target. */
  taskStatesOn(services: AllServices, target: string): Promise<readonly string[]>;
  /**
   * The task of exactly this name; on one of the targets, if targets are given. `undefined` when there is none, and always without targets if the
   * service lists tasks by target.
   */
  findNamed(services: Services, name: string, targets?: ReadonlySet<string>): Promise<ListedTask | undefined>;
  /** Checks a target when a run gets its turn. Absent: there is nothing to check. */
  readonly checkTarget?: (services: AllServices, target: string) => Promise<PreflightFindings>;
  /** Why a task failed. `undefined` when the service gives no reason. */
  failureReason(services: FollowServices, row: ListedTask): Promise<string | undefined>;
  /** Stops a task without deleting it. */
  stop(services: FollowServices, id: string): Promise<void>;
  /** The shell command that deletes a task. */
  deleteCommand(id: string): string;
  /** Is a task in this state idle, so that the service refuses to stop it? Absent: never. */
  readonly isIdle?: (status: string) => boolean;
}

/** One action of `migrations.yml`: its fields, its request, and the life of its task. */
export interface Action extends TaskService {
  /** Its name within a sentence. */
  readonly title: string;
  /** What is left to do by hand when its task has succeeded. */
  readonly adviceAfterSuccess: string;

  /** All parameters of the API page. */
  readonly fields: FieldTable;
  /** Our own keys beside the fields in a jobs file. They are never sent, and callers can't set them. */
  readonly ownKeys: FieldTable;
  /** Our own keys inside fields, by field name. */
  readonly ownKeysIn?: Readonly<Record<string, FieldTable>>;
  /** Required fields that a jobs file may leave out because `plan` supplies them. */
  readonly supplied: readonly string[];
  /** Fields that are supplied by the object that started a run. */
  readonly fromObject?: readonly string[];
  /** Our own keys that need a ledger, because the run has a later step. The value `false` does not. */
  readonly keysNeedingLedger: readonly FieldPath[];
  /** Fields in which the name of a target may replace an instance. */
  readonly namedInstances: readonly FieldPath[];
  /** The field that the task's name comes from. */
  readonly nameField: string;
  /** The field whose id distinguishes tasks of the same name. Absent: the service does not list such an id. */
  readonly targetField?: string;
  /**
   * Is a task with these fields of a jobs file incremental, so that `stop_when` may end it? `undefined`: known only when it runs. Absent: this
   * action has no incremental tasks.
   */
  readonly isIncremental?: (fields: unknown) => boolean | undefined;
  /**
   * Checks the fields against their table and the rules between them. Names of targets are kept as given in the checked value. Reports all problems;
   * throws nothing.
   */
  check(value: unknown, options: CheckOptions & TargetNames): CheckedFields;

  /**
   * Builds the request of a run from the filled fields.
   *
   * @throws {RunError} `invalid_fields` with every problem, when a field is outside the API's limits
   */
  plan(filled: Readonly<Record<string, unknown>>, context: PlanContext): PlannedTask;
  /**
   * Checks what a task needs before anything changes. Absent: `complete` does it.
   *
   * @throws {CloudError} when something cannot be read
   */
  readonly preflight?: (
    services: Pick<AllServices, 'dcsInstances' | 'obs'>,
    planned: PlannedTask,
  ) => Promise<PreflightFindings>;
  /**
   * Completes what the plan leaves open, if that is possible without changing anything. Absent: no plan leaves anything open.
   *
   * @throws {RunError} when it cannot be done as planned
   * @throws {CloudError} when something cannot be read
   */
  readonly complete?: (services: AllServices, planned: PlannedTask) => Promise<PlannedTask>;
  /**
   * The existing task of this plan: with exactly its name and, for an import, its target. `undefined` when there is none.
   *
   * @throws {RunError} `source_has_task`, when the source server has another task
   * @throws {CloudError} when the list can't be read; that proves nothing
   */
  find(services: Services, planned: Pick<PlannedTask, 'name' | 'target'>): Promise<FoundTask | undefined>;
  /**
   * Sends the create call, once.
   *
   * @throws {CloudError} see its `outcome`
   */
  create(services: Services, planned: PlannedTask, secret: ReadSecret): Promise<CreatedTask>;

  /** The call that starts the work of a created task. Absent or `undefined`: creating it starts it, or someone else does. */
  readonly activation?: (planned: PlannedTask) => Activation | undefined;
  /**
   * Is a task left to an operator? `at_once`: its run ends now. `until_deadline`: it is followed until then. Absent or `undefined`: it is followed to
   * its end.
   */
  readonly leftToOperator?: (planned: PlannedTask, state: TaskState) => 'at_once' | 'until_deadline' | undefined;
  /** `undefined` when the service returns no figures. Absent: it never does. @throws {CloudError} when they cannot be read */
  readonly progressOf?: (services: FollowServices, id: string) => Promise<TaskProgress | undefined>;
  /** Releases the resources of a task that can't be used. Absent: it has none. @throws {CloudError} see its `outcome` */
  readonly release?: (services: FollowServices, id: string) => Promise<void>;
}

/** A path into the fields of an action. */
export type FieldPath = readonly [string, ...string[]];

import type { Secret, SecretReference } from '../kernel/secret.ts';
import type { CreatedTask } from '../ports/created-task.ts';
import type { AllServices, Services } from '../ports/services.ts';
import type { CheckOptions } from '../schema/check-fields.ts';
import type { FieldTable } from '../schema/fields.ts';
import type { CheckedFields } from '../schema/findings.ts';
import type { ACTIONS } from './actions.ts';
import type { PreflightFindings } from './preflight-findings.ts';
import type { TaskPolicies } from './task-policies.ts';
import type { TaskState } from './task-state.ts';

/** What stands for an action in a jobs file. */
export type ActionKind = keyof typeof ACTIONS;

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

/** A task as its service lists it. */
export interface ListedTask {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** The services that list, follow and stop tasks. */
export type FollowServices = Pick<AllServices, 'dcsFollow' | 'smsFollow'>;

/** How far a task is. A figure that the service does not give is `undefined`. */
export interface TaskProgress {
  /** One line for people. */
  readonly line: string;
  /** For programs. */
  readonly figures: Readonly<Record<string, number | string | undefined>>;
  /** What source and target of an incremental task still differ by. */
  readonly offset?: number | undefined;
}

/** A changing call that sets a task going which was made and waits. */
export interface Activation {
  readonly name: 'configure' | 'start';
  /** A state in which it is too early. */
  readonly notWhile?: string;
  /** @throws {CloudError} see its `outcome` */
  send(services: FollowServices, id: string, secret: (reference: SecretReference) => Secret): Promise<void>;
}

/** What a service does with its tasks, whichever of its actions made them. All throw `CloudError` when the service cannot be asked. */
export interface TaskService {
  /** Actions of the same service have their tasks in the same list. */
  readonly service: string;
  /** What runs one task at a time, as a person calls it: its id follows. */
  readonly targetLabel: string;
  /** What a state of its task means for whoever waits for the same target. */
  readonly stateOf: (status: string) => TaskState;
  /** The lane in which runs wait for a target; targets in one lane have one task at a time, whatever the action. */
  laneOf(target: string): string;
  /** `<name>` and the first digits of the run, as the service takes it; the job's name in place of none. */
  taskName(name: string | undefined, job: string, run: string): string;
  /** Every task of the project. */
  listTasks(services: FollowServices): Promise<readonly ListedTask[]>;
  /** The states of all tasks that may be on a target. */
  taskStatesOn(services: AllServices, target: string): Promise<readonly string[]>;
  /**
   * The task of exactly this name, on one of the targets where they are given. `undefined` when there is none; of a service that lists tasks by
   * target also without targets.
   */
  findNamed(services: Services, name: string, targets?: ReadonlySet<string>): Promise<ListedTask | undefined>;
  /** Looks at a target of which the turn has come. Absent: there is nothing to be seen of it. */
  readonly checkTarget?: (services: AllServices, target: string) => Promise<PreflightFindings>;
  /** Why a task failed. `undefined` when the service does not say. */
  failureReason(services: FollowServices, row: ListedTask): Promise<string | undefined>;
  /** Stops a task, and leaves it in the list. */
  stop(services: FollowServices, id: string): Promise<void>;
  /** What a person types to delete a task. */
  deleteCommand(id: string): string;
  /** Does a task in this state do nothing, so that the service refuses to stop it? Absent: none does. */
  readonly isIdle?: (status: string) => boolean;
}

/** One action of `migrations.yml`: what it accepts, the request it becomes, and its task from the first look to the end. */
export interface Action extends TaskService {
  /** In a sentence. */
  readonly title: string;
  /** What is left for a person when its task has succeeded. */
  readonly adviceAfterSuccess: string;

  /** Every parameter of the API page. */
  readonly fields: FieldTable;
  /** Our own keys beside them in a jobs file. They are never sent, and no caller may set them. */
  readonly ownKeys: FieldTable;
  /** Our own keys within fields, by the field. */
  readonly ownKeysIn?: Readonly<Record<string, FieldTable>>;
  /** Mandatory fields that a jobs file may leave out, for `plan` supplies them. */
  readonly supplied: readonly string[];
  /** Fields that the object supplies which started a run. */
  readonly fromObject?: readonly string[];
  /** Our own keys that need to come back to a run, and so a ledger; of a `false` nothing is asked. */
  readonly keysNeedingLedger: readonly FieldPath[];
  /** Where the name of a target may stand for an instance. */
  readonly namedInstances: readonly FieldPath[];
  /** The field that its task's name comes from. */
  readonly nameField: string;
  /** The field whose id tells its task from others of the same name. Absent: the service lists none with it. */
  readonly targetField?: string;
  /**
   * Is a task of these fields of a jobs file incremental, one that `stop_when` may end? `undefined`: that is known only when it runs. Absent: this
   * action has no such tasks.
   */
  readonly isIncremental?: (fields: unknown) => boolean | undefined;
  /**
   * Checks the fields: their table, and the rules between them. Where the name of a target may stand, the checked value has it as it was given.
   * Reports everything at once, throws nothing.
   */
  check(value: unknown, options: CheckOptions & TargetNames): CheckedFields;

  /**
   * Makes the request of a run out of the filled fields.
   *
   * @throws {RunError} `invalid_fields` with every problem, when a field is outside the API's limits
   */
  plan(filled: Readonly<Record<string, unknown>>, context: PlanContext): PlannedTask;
  /**
   * Looks at what a task needs before anything changes. Absent: that is looked at where the plan is completed.
   *
   * @throws {CloudError} when something cannot be read
   */
  readonly preflight?: (
    services: Pick<AllServices, 'dcsInstances' | 'obs'>,
    planned: PlannedTask,
  ) => Promise<PreflightFindings>;
  /**
   * Finds out what the plan leaves open, as far as nothing has to be changed for that. Absent: no plan leaves anything open.
   *
   * @throws {RunError} when it cannot be done as it is planned
   * @throws {CloudError} when something cannot be read
   */
  readonly complete?: (services: AllServices, planned: PlannedTask) => Promise<PlannedTask>;
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

  /** What sets a task going that is made and waits. Absent or `undefined`: creating it does, or somebody else. */
  readonly activation?: (planned: PlannedTask) => Activation | undefined;
  /**
   * Is a task left to a person? `at_once`: its run is over for us. `until_deadline`: it is followed until then. Absent or `undefined`: it is ours to
   * the end.
   */
  readonly leftToOperator?: (planned: PlannedTask, state: TaskState) => 'at_once' | 'until_deadline' | undefined;
  /** `undefined` when the service has no figures. Absent: it never has. @throws {CloudError} when it cannot be read */
  readonly progressOf?: (services: FollowServices, id: string) => Promise<TaskProgress | undefined>;
  /** Gives back what a task holds that cannot be used. Absent: it holds nothing. @throws {CloudError} see its `outcome` */
  readonly release?: (services: FollowServices, id: string) => Promise<void>;
}

/** Names that lead into the fields of an action. */
export type FieldPath = readonly [string, ...string[]];

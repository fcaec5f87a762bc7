import type { Secret, SecretReference } from '../secret.ts';
import type { FieldTable } from './fields.ts';
import type { CreatedTask, Services } from './services.ts';
import type { TaskState } from './task-state.ts';

export const ACTION_KINDS = ['backup_import', 'online_migration', 'server_migration'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** A DCS instance that the jobs file gives a name. */
export interface Target {
  readonly id: string;
  readonly password?: SecretReference;
}

/** What a plan is made from, beside the filled fields. */
export interface PlanContext {
  readonly job: string;
  /** The run's id: 32 hex digits. The task's name carries its first ones. */
  readonly run: string;
  readonly targets: ReadonlyMap<string, Target>;
  /** The object that started the run; an import takes its file from it when the job names none. */
  readonly object?: { readonly bucket: string; readonly key: string };
}

/** A task as it will be asked for: checked against every limit, secrets still references. It may be recorded and printed. */
export interface PlannedTask {
  readonly kind: ActionKind;
  /** The name that we give and find it by. */
  readonly name: string;
  /** What runs one task at a time: the DCS instance of an import, the source server of a server migration. */
  readonly target?: string;
  /** The request's body, `{ user_data: NAME }` in place of each secret. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
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

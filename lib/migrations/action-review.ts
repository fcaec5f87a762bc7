import type { Problem } from '../kernel/errors.ts';
import type { AllServices } from '../ports/services.ts';
import type { ActionKind, FieldPath, PlannedTask } from './action.ts';
import type { PermissionRow } from './permission-row.ts';
import type { PreflightFindings } from './preflight-findings.ts';
import type { TaskPolicies } from './task-policies.ts';

/** The parts of a job that a review uses. */
export interface ReviewedJob {
  readonly name: string;
  readonly kind: ActionKind;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly policies: TaskPolicies;
  readonly on: {
    readonly object_created?: { readonly bucket: string };
    readonly request?: { readonly accepts: readonly string[] };
  };
}

/** How `check --live` queries the cloud about a job before it runs. */
interface LiveCheck {
  /** What is queried; "for job ..." follows it. */
  readonly asked: string;
  /** The permissions that it needs. */
  readonly needs: string;
  /** Absent: the action's `preflight`. @throws {CloudError} when something cannot be read */
  readonly inspect?: (services: AllServices, planned: PlannedTask) => Promise<PreflightFindings>;
}

/** What is needed of an action to write and check a jobs file. */
export interface ActionReview {
  /** The permissions that its jobs need. A row that several actions share is the same object. */
  readonly permissions: readonly (readonly PermissionRow[])[];
  readonly live: LiveCheck;
  /** The fields that decide what a live check queries. */
  readonly liveCheckFields: readonly string[];
  /** The field that names the instance that data is written to. */
  readonly writes?: FieldPath;
  /** Fields that name a region. */
  readonly regionFields?: readonly FieldPath[];
  /** With our own key `key`, the required fields may be left out, and so may those inside the object `part`. */
  readonly derived?: { readonly key: string; readonly part: string };
  /** Where a run reads backup files from; without `bucket`, the caller names it. `undefined`: it reads none. */
  readonly filesFrom?: (job: ReviewedJob) => { readonly bucket?: string } | undefined;
  /** The plan with `hole(name)` in place of each value that only the cloud knows. Absent: there are no such values. */
  readonly withHoles?: (planned: PlannedTask, hole: (name: string) => string) => PlannedTask;
  /** Warnings about several jobs of this action that affect each other. */
  readonly compare?: (jobs: readonly ReviewedJob[]) => Problem[];
}

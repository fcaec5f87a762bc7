import type { Problem } from '../kernel/errors.ts';
import type { AllServices } from '../ports/services.ts';
import type { ActionKind, FieldPath, PlannedTask } from './action.ts';
import type { PermissionRow } from './permission-row.ts';
import type { PreflightFindings } from './preflight-findings.ts';
import type { TaskPolicies } from './task-policies.ts';

/** As much of a job as is judged here. */
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

/** How the cloud is asked about a job before it runs (`check --live`). */
interface LiveCheck {
  /** What is asked, before "for job ...". */
  readonly asked: string;
  /** The rights that it takes. */
  readonly needs: string;
  /** Absent: the action's `preflight`. @throws {CloudError} when something cannot be read */
  readonly inspect?: (services: AllServices, planned: PlannedTask) => Promise<PreflightFindings>;
}

/** What one action means for whoever writes and checks a jobs file. */
export interface ActionReview {
  /** What its jobs need to be allowed. A row that several actions share is one. */
  readonly permissions: readonly (readonly PermissionRow[])[];
  readonly live: LiveCheck;
  /** The fields that decide what is looked at. */
  readonly liveCheckFields: readonly string[];
  /** The field that names the instance which is written to. */
  readonly writes?: FieldPath;
  /** Fields that name a region. */
  readonly regionFields?: readonly FieldPath[];
  /** With our own key `key`, every mandatory field may be left out but those of others than `part`, which is an object. */
  readonly derived?: { readonly key: string; readonly part: string };
  /** Where a run reads backup files from; without `bucket` a caller says it. `undefined`: from nowhere. */
  readonly filesFrom?: (job: ReviewedJob) => { readonly bucket?: string } | undefined;
  /** The plan with `hole(name)` in place of each value that only the cloud tells. Absent: there is none. */
  readonly withHoles?: (planned: PlannedTask, hole: (name: string) => string) => PlannedTask;
  /** What is doubtful about several jobs of this action beside each other. */
  readonly compare?: (jobs: readonly ReviewedJob[]) => Problem[];
}

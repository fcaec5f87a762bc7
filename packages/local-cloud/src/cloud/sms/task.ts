import { randomUUID } from 'node:crypto';
import type { SteppedTask } from '../step-runner.ts';
import type { CreateTaskBody } from './create-task-body.ts';
import type { CheckedFolder, Configuration, SpeedLimit } from './task-setting-bodies.ts';

/** A migration task of the local SMS. */
export interface SmsTask extends SteppedTask {
  readonly domainId: string;
  name: string;
  readonly createdAt: number;
  /** The body as it was sent, with the changes of UpdateTask. */
  sent: CreateTaskBody;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** The snapshots of the target were removed after success. */
  cleared: boolean;
  /** The service's code for the failure. */
  errorCode: string | undefined;
  errorParams: readonly string[];
  /** When it last entered RUNNING. */
  runAt: number | undefined;
  /** When it left RUNNING; undefined while it runs. */
  runEndedAt: number | undefined;
  /** The point of the run (ms) at which it is stuck while still RUNNING. */
  stuckAtMs: number | undefined;
  /** How many times as long as usual its run takes. @default 1 */
  slowness?: number;
  /** When it first entered SYNCING. */
  syncedAt: number | undefined;
  /** When its state last changed. */
  stateAt: number;
  /** `'0'` is the default project. */
  enterpriseProjectId: string;
  /** The ECS that SMS creates when there is no existing one; shown after the copy. */
  readonly newVmId: string;
  /** The last clone of the target. */
  clone: TargetClone | undefined;
  speedLimits: readonly SpeedLimit[];
  configurations: readonly Configuration[];
  /** The last upload of its logs. */
  log: UploadedLog | undefined;
  needsConsistencyCheck: boolean;
  consistencyReports: readonly ConsistencyReport[];
  networkCheckAt: number | undefined;
  /** When the migration drill began. */
  drillAt: number | undefined;
  /** IDs that the Agent reports through UpdateTask. */
  reported: { readonly image_disk_id?: string; readonly cutovered_snapshot_ids?: string };
}

/** A clone of the target, for a test. Its status is the `clone_state` of ShowTask, its ID that of the task. */
export interface TargetClone extends SteppedTask {
  readonly vmId: string;
  readonly name: string;
  readonly startedAt: number;
  errorCode: string;
}

interface UploadedLog {
  readonly bucket: string;
  readonly startedAt: number;
  /** The bucket did not exist. */
  readonly failed: boolean;
}

/** The result of one consistency check. */
export interface ConsistencyReport {
  readonly finishedAt: number;
  readonly folders: readonly CheckedFolder[];
}

/** A new task, READY. */
export function makeTask(domainId: string, sent: CreateTaskBody, createdAt: number): SmsTask {
  return {
    id: randomUUID(),
    status: 'READY',
    steps: [],
    domainId,
    name: sent.name,
    createdAt,
    sent,
    startedAt: undefined,
    finishedAt: undefined,
    cleared: false,
    errorCode: undefined,
    errorParams: [],
    runAt: undefined,
    runEndedAt: undefined,
    stuckAtMs: undefined,
    syncedAt: undefined,
    stateAt: createdAt,
    enterpriseProjectId: '0',
    newVmId: randomUUID(),
    clone: undefined,
    speedLimits: [],
    configurations: [],
    log: undefined,
    needsConsistencyCheck: sent.is_need_consistency_check ?? sent.is_need_consistency_result ?? false,
    consistencyReports: [],
    networkCheckAt: undefined,
    drillAt: undefined,
    reported: {},
  };
}

/** Whether the full copy is done. */
export function isCopied(task: SmsTask): boolean {
  return task.status === 'SYNCING' || task.status === 'MIGRATE_SUCCESS';
}

/** Whether the target is being launched: the only step out of SYNCING. */
export function isLaunching(task: SmsTask): boolean {
  return task.status === 'SYNCING' && task.steps.length > 0;
}

export function isCloning({ clone }: SmsTask): boolean {
  return clone?.status === 'PREPARING' || clone?.status === 'CREATING';
}

/** The ECS that is migrated to; empty while SMS has not created it. */
export function targetVmId(task: SmsTask): string {
  if (task.sent.exist_server === true) return task.sent.target_server.vm_id;
  return isCopied(task) ? task.newVmId : '';
}

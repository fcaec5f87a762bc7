import type { CloudErrorDetails } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';

type CallActions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * The action of IAM, or the actions, that each call of the functions needs, by service, as the services' pages of actions name them (2025). `deploy/policies/calls.json`
 * repeats it for people; a test compares them.
 */
const CALL_ACTIONS = {
  DCS: {
    CreateMigrationTask: 'dcs:migrationTask:create',
    CreateOnlineMigrationTask: 'dcs:migrationTask:create',
    ListMigrationTask: 'dcs:migrationTask:list',
    ShowMigrationTaskStats: 'dcs:migrationTask:get',
    ListMigrationTaskLogs: 'dcs:migrationTask:get',
    SetOnlineMigrationTask: 'dcs:migrationTask:modify',
    StopMigrationTask: 'dcs:migrationTask:modify',
    DeleteMigrationTask: 'dcs:migrationTask:delete',
    ShowJobInfo: 'dcs:instance:get',
    ShowInstance: 'dcs:instance:get',
    ListBackupRecords: 'dcs:instance:getDataBackupLog',
    CopyInstance: 'dcs:instance:backupData',
  },
  SMS: {
    CreateTask: 'sms:server:createTask',
    ListTasks: 'sms:server:listTask',
    ShowTask: 'sms:server:getTask',
    UpdateTaskStatus: 'sms:server:manageTask',
    ShowServer: 'sms:server:get',
    ShowTemplate: 'sms:template:get',
  },
  ECS: {
    ShowServer: 'ecs:cloudServers:showServer',
    ListServerBlockDevices: 'ecs:cloudServers:showServerBlockDevice',
  },
  SMN: { PublishMessage: 'smn:topic:publish' },
  IAM: { KeystoneListProjects: 'iam:projects:listProjects' },
  CSMS: { ShowSecretVersion: ['csms:secretVersion:get', 'kms:dek:decrypt'] },
  CES: { CreateMetricData: 'ces:metricData:create', CreateEvents: 'ces:events:post' },
  OBS: {
    GetObject: 'obs:object:GetObject',
    PutObject: 'obs:object:PutObject',
    AppendObject: 'obs:object:PutObject',
    DeleteObject: 'obs:object:DeleteObject',
    ListObjects: 'obs:bucket:ListBucket',
    ListVersions: 'obs:bucket:ListBucketVersions',
    GetBucketVersioning: 'obs:bucket:GetBucketVersioning',
  },
} as const satisfies CallActions;

/** The actions by service and operation. */
export function callActions(): CallActions {
  return CALL_ACTIONS;
}

/** Invalid requests that services refuse with 403 (SMN error codes; CES "Adding Monitoring Data", 2025): no right is missing. */
const INVALID_WITH_403 = new Set(['SMN.0008', 'SMN.0009', 'ces.0009']);

/** Is it a refusal for want of rights? OBS has a code for it, and the other services' codes are not those of the gateway. */
const isDenied = (service: string, code = '') =>
  service === 'OBS'
    ? code === 'AccessDenied'
    : !code.startsWith('APIG') &&
      !INVALID_WITH_403.has(code) &&
      transientFailure({ code, status: 403 })?.kind === 'rights';

/**
 * The action that a refused call needs.
 *
 * @returns `undefined` if it was refused for another reason, and for calls of programs, which people make with their own keys
 */
export function neededAction(
  service: string,
  operation: string,
  { status, cloudCode }: Pick<CloudErrorDetails, 'status' | 'cloudCode'>,
): string | undefined {
  if (status !== 403 || !isDenied(service, cloudCode)) return undefined;
  const actions = callActions()[service]?.[operation];
  return typeof actions === 'object' ? actions.join(' and ') : actions;
}

/**
 * The action of IAM that each operation needs, as the services' pages of actions name them (DCS api-grant-policy and dcs-api-0004, SMS sms_api_8003 and
 * _8004, OBS obs_04_0111, SMN, ECS and IAM; 2025 and 2026). Operations without a row need an action that is not known here.
 */
export const OPERATION_ACTIONS: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  DCS: {
    CreateMigrationTask: 'dcs:migrationTask:create',
    CreateOnlineMigrationTask: 'dcs:migrationTask:create',
    ListMigrationTask: 'dcs:migrationTask:list',
    ShowMigrationTask: 'dcs:migrationTask:get',
    ShowMigrationTaskStats: 'dcs:migrationTask:get',
    ListMigrationTaskLogs: 'dcs:migrationTask:get',
    SetOnlineMigrationTask: 'dcs:migrationTask:modify',
    StopMigrationTask: 'dcs:migrationTask:modify',
    DeleteMigrationTask: 'dcs:migrationTask:delete',
    ShowInstance: 'dcs:instance:get',
    ShowJobInfo: 'dcs:instance:get',
    ListInstances: 'dcs:instance:list',
    ListBackupRecords: 'dcs:instance:getDataBackupLog',
    CopyInstance: 'dcs:instance:backupData',
  },
  SMS: {
    CreateTask: 'sms:server:createTask',
    ListTasks: 'sms:server:listTask',
    ShowTask: 'sms:server:getTask',
    UpdateTaskStatus: 'sms:server:manageTask',
    ShowServer: 'sms:server:get',
    ListServers: 'sms:server:list',
    ShowTemplate: 'sms:template:get',
  },
  ECS: {
    ShowServer: 'ecs:cloudServers:showServer',
    ListServerBlockDevices: 'ecs:cloudServers:showServerBlockDevice',
  },
  SMN: { PublishMessage: 'smn:topic:publish' },
  IAM: { KeystoneListProjects: 'iam:projects:listProjects' },
  CSMS: { ShowSecret: 'csms:secret:get', ShowSecretVersion: ['csms:secretVersion:get', 'kms:dek:decrypt'] },
  CES: { CreateMetricData: 'ces:metricData:create', CreateEvents: 'ces:events:post' },
  OBS: {
    GetObject: 'obs:object:GetObject',
    HeadObject: 'obs:object:GetObject',
    PutObject: 'obs:object:PutObject',
    AppendObject: 'obs:object:PutObject',
    DeleteObject: 'obs:object:DeleteObject',
    ListObjects: 'obs:bucket:ListBucket',
    ListObjectsV2: 'obs:bucket:ListBucket',
    HeadBucket: 'obs:bucket:HeadBucket',
    ListVersions: 'obs:bucket:ListBucketVersions',
    GetBucketVersioning: 'obs:bucket:GetBucketVersioning',
    GetBucketLifecycle: 'obs:bucket:GetLifecycleConfiguration',
    SetBucketLifecycle: 'obs:bucket:PutLifecycleConfiguration',
  },
};

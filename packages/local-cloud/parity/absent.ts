import { SMS_NOT_OFFERED } from '../src/cloud/sms/differences.ts';
import type { ParityService } from './parity-service.ts';

/** Documented operations that the local cloud does not have: it responds as the gateway does to an unknown API, with 404 APIGW.0101. */
export interface AbsentGroup {
  readonly reason: string;
  /** `others` are all that are neither served nor in another group. */
  readonly operations: readonly string[] | 'others';
}

const BILLING = 'orders and changes what is billed; neither migrations nor their deployment do that';
const INSTANCE_CARE = 'maintains an instance; neither migrations nor their checks call it';
const DIAGNOSIS = 'diagnoses an instance; migrations check data with the web CLI and the offline key analysis';
const NOT_USED = 'neither migrations nor their deployment call it';

/** Services of which the local cloud has few operations name the rest as `others`. */
export const ABSENT: Readonly<Record<ParityService, readonly AbsentGroup[]>> = {
  DCS: [
    {
      reason: BILLING,
      operations: [
        'BatchDeleteInstances',
        'CreateInstance',
        'CreateResizeOrder',
        'DeleteSingleInstance',
        'ListAvailableZones',
        'ListFlavors',
        'ResizeInstance',
        'ShowQuotaOfTenant',
        'StartInstanceResizeCheckJob',
      ],
    },
    {
      reason: INSTANCE_CARE,
      operations: [
        'ChangeMasterStandby',
        'ChangeMasterStandbyAsync',
        'ChangeNodesStartStopStatus',
        'DeleteIpFromDomainName',
        'ExecuteClusterSwitchover',
        'ListGroupReplicationInfo',
        'ListInstanceOperations',
        'ListMaintenanceWindows',
        'MigrateAz',
        'ShowInstanceTopology',
        'ShowInstanceVersion',
        'ShowReplicationStates',
        'UpdateInstance',
        'UpdateSlavePriority',
        'UpgradeInstanceMinorVersion',
        'ValidateDeletableReplica',
      ],
    },
    {
      reason: 'manages accounts and passwords of an instance, which a migration only uses',
      operations: [
        'CreateAclAccount',
        'DeleteAclAccount',
        'ListAclAccounts',
        'ResetAclAccountPassWord',
        'ResetPassword',
        'UpdateAclAccount',
        'UpdateAclAccountPassWord',
        'UpdateAclAccountRemark',
        'UpdatePassword',
      ],
    },
    {
      reason: 'manages parameters and their templates; migrations do not change them',
      operations: [
        'CreateCustomTemplate',
        'DeleteConfigTemplate',
        'ListConfigHistories',
        'ListConfigTemplates',
        'ListConfigurations',
        'ShowConfigHistoryDetail',
        'ShowConfigTemplate',
        'UpdateConfigTemplate',
        'UpdateConfigurations',
        'UpdateInstanceConfig',
      ],
    },
    {
      reason: DIAGNOSIS,
      operations: [
        'CreateAutoExpireScanTask',
        'CreateBigkeyScanTask',
        'CreateDiagnosisTask',
        'CreateHotkeyScanTask',
        'CreateRedislog',
        'CreateRedislogDownloadLink',
        'DeleteBigkeyScanTask',
        'DeleteDiagnosisTask',
        'DeleteHotkeyScanTask',
        'DownloadHotKey',
        'HangUpClients',
        'HangUpKillAllClients',
        'ListBigkeyScanTasks',
        'ListClients',
        'ListDiagnosisTasks',
        'ListHotKeyScanTasks',
        'ListMonitoredObjects',
        'ListMonitoredObjectsOfInstance',
        'ListNumberOfInstancesInDifferentStatus',
        'ListRedislog',
        'ListSlowlog',
        'ListStatisticsOfRunningInstances',
        'ScanClients',
        'ScanExpireKey',
        'ShowBigkeyAutoscanConfig',
        'ShowBigkeyScanTaskDetails',
        'ShowDiagnosisTaskDetails',
        'ShowExpireAutoScanConfig',
        'ShowExpireKeyScanInfo',
        'ShowHotkeyAutoscanConfig',
        'ShowHotkeyTaskDetails',
        'UpdateBigkeyAutoscanConfig',
        'UpdateExpireAutoScanConfig',
        'UpdateHotkeyAutoScanConfig',
      ],
    },
    {
      reason: 'configures bandwidth, public addresses and TLS of an instance; migrations do not change them',
      operations: [
        'DeleteInstanceBandwidthAutoScalingPolicy',
        'DeletePublicIp',
        'DownloadSslCert',
        'ShowBandwidths',
        'ShowInstanceBandwidthAutoScalingPolicy',
        'ShowInstanceSslDetail',
        'UpdateBandwidth',
        'UpdateClientIpTransparentTransmission',
        'UpdateInstanceBandwidth',
        'UpdateInstanceBandwidthAutoScalingPolicy',
        'UpdatePublicIp',
        'UpdateSslSwitch',
      ],
    },
    {
      reason: 'tags, exports and the task center are for the console',
      operations: [
        'BatchCreateOrDeleteTags',
        'DeleteBackgroundTask',
        'DeleteCenterTask',
        'ExportExcelJob',
        'ExportInstancesTask',
        'ListBackgroundTask',
        'ListCenterTask',
        'ListTagsOfTenant',
        'ShowBackgroundTaskProgress',
        'ShowTags',
      ],
    },
    {
      reason: 'UpdateIpWhitelist has the same effect at once',
      operations: ['UpdateIpWhitelistAsync'],
    },
  ],
  SMS: SMS_NOT_OFFERED,
  FunctionGraph: [
    {
      reason: 'workflows are a service of their own; migrations are not workflows',
      operations: [
        'BatchDeleteWorkflows',
        'CreateCallbackWorkflow',
        'CreateWorkflow',
        'ListWorkflow',
        'ListWorkflowExecutions',
        'RetryWorkFlow',
        'ShowWorkFlow',
        'ShowWorkFlowMetric',
        'ShowWorkflowExecution',
        'ShowWorkflowExecutionForPage',
        'StartSyncWorkflowExecution',
        'StartWorkflowExecution',
        'StopWorkFlow',
        'UpdateWorkFlow',
      ],
    },
    {
      reason: 'application center and function templates are for the console',
      operations: [
        'CreateFunctionApp',
        'DeleteFunctionApp',
        'ListAppTemplates',
        'ListFunctionApplications',
        'ListFunctionTemplate',
        'ShowAppTemplate',
        'ShowFunctionApp',
        'ShowFunctionTemplate',
      ],
    },
    {
      reason: 'tracing, snapshots, bridge functions and VPC endpoints: not used by the deployment',
      operations: [
        'CreateVpcEndpoint',
        'DeleteVpcEndpoint',
        'ListBridgeFunctions',
        'ListBridgeVersions',
        'ShowFuncSnapshotState',
        'ShowTracing',
        'UpdateFuncSnapshot',
        'UpdateFunctionCollectState',
        'UpdateTracing',
      ],
    },
    {
      reason: NOT_USED,
      operations: [
        'CancelAsyncInvocation',
        'EnableAsyncStatusLog',
        'EnableLtsLogs',
        'ImportFunction',
        'ListFunctionAsMetric',
        'ShowFuncReservedInstanceMetrics',
        'ShowProjectAsyncStatusLogInfo',
        'ShowTenantMetric',
      ],
    },
  ],
  IAM: [
    {
      reason: 'users, groups, identity providers and policies; neither migrations nor their deployment manage them',
      operations: 'others',
    },
  ],
  SMN: [{ reason: 'migrations only publish messages and check that a topic has subscriptions', operations: 'others' }],
  CES: [{ reason: 'migrations only report metrics and events, and alarm rules watch them', operations: 'others' }],
  CSMS: [
    {
      reason: 'functions only read values; the local system creates secrets and rotates them by hand',
      operations: 'others',
    },
  ],
  ECS: [{ reason: 'migrations only read the server that is their target', operations: 'others' }],
};

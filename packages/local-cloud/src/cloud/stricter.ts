/** Where the local cloud refuses on purpose what the API pages and models alone would allow, or answers without a documented shape. */
export interface StricterRule {
  readonly service: 'CSMS' | 'IAM' | 'CES' | 'FunctionGraph';
  /** As in the API reference. */
  readonly operation: string;
  /** The field of the body or the query; `*` for the whole request. */
  readonly field: string;
  readonly rule: string;
  readonly source: string;
}

export const STRICTER_RULES: readonly StricterRule[] = [
  {
    service: 'CSMS',
    operation: 'CreateSecret',
    field: 'secret_type',
    rule: 'only COMMON, without rotation: the secrets of databases are not emulated',
    source: 'CreateSecret (2025-08-28)',
  },
  {
    service: 'CSMS',
    operation: 'CreateSecret',
    field: 'name',
    rule: 'a name that exists: 400 CSMS.0002',
    source: 'open question: the error table has no code for it',
  },
  {
    service: 'CSMS',
    operation: 'CreateSecretVersion',
    field: '*',
    rule: 'a secret has at most 20 versions: 400 CSMS.0202; none is removed by itself',
    source:
      'CreateSecretVersion (2025-08-28); the page does not say which error there is, nor when CSMS removes versions without a stage',
  },
  {
    service: 'CSMS',
    operation: 'ShowSecretVersion',
    field: 'version_id',
    rule: 'latest is the newest version, whatever its stages',
    source: 'open question: "the secret value of the latest version" (ShowSecretVersion, 2024-11-20)',
  },
  {
    service: 'IAM',
    operation: 'KeystoneCreateUserTokenByPassword',
    field: 'auth.identity.methods',
    rule: 'exactly one method; with password and totp, 401: no user has a virtual MFA device. hw_ak_sk is accepted as well',
    source: 'iam_30_0001, iam_30_0002, iam_13_0604 (2025-12-27)',
  },
  {
    service: 'IAM',
    operation: 'KeystoneCreateAgencyToken',
    field: 'auth.identity.assume_role',
    rule: 'the agency must trust the account of the caller, not a cloud service',
    source: 'iam_30_0002: the delegated account obtains the token',
  },
  {
    service: 'IAM',
    operation: 'CreateTemporaryAccessKeyByToken',
    field: 'auth.identity.policy',
    rule: 'accepted and not enforced, as the local cloud has no permissions; likewise in CreateTemporaryAccessKeyByAgency',
    source: 'iam_04_0002, iam_04_0101',
  },
  {
    service: 'CES',
    operation: 'CreateEvents',
    field: '[].detail.event_type',
    rule: 'only EVENT.CUSTOM: system events come from the services themselves',
    source: 'Reporting Events (2025-09-09): "an API for reporting custom events"',
  },
  {
    service: 'CES',
    operation: 'CreateAlarm',
    field: 'condition.period',
    rule: 'a period without data is not checked; after three hours without data the rule is insufficient_data',
    source: 'FAQ ces_faq_0017 says when a rule is insufficient_data; no page says what a period without data counts as',
  },
  {
    service: 'CES',
    operation: 'CreateAlarm',
    field: 'alarm_actions',
    rule: 'one action with at most five topics; a topic that does not exist gets nothing',
    source: 'CreateAlarm, V1 (2026-01-05); what happens without the topic is not documented',
  },
  {
    service: 'CES',
    operation: 'ShowMetricData',
    field: 'dim.0, dim.1, dim.2, dim.3',
    rule: 'a name and a value, separated by a comma',
    source: 'ShowMetricData: dim.0=instance_id,6f3c6f91-4b24-4e1b-b7d1-a94ac1cb011d',
  },
  {
    service: 'CES',
    operation: 'ListEvents',
    field: 'start',
    rule: 'a number: events are listed from this one',
    source: 'Querying Events: "The starting value of the page", an integer',
  },
  {
    service: 'CES',
    operation: 'CreateAlarm',
    field: 'alarm_type',
    rule: 'absent for a metric, or EVENT.CUSTOM; a rule on a resource group is accepted and never fires',
    source: 'the local cloud has no resource groups and no system events',
  },
  {
    service: 'FunctionGraph',
    operation: 'CreateFunction',
    field: 'runtime',
    rule: 'only Node.js, and so only code types that it has',
    source: 'the local cloud runs Node.js only; runtimetypes lists what it has',
  },
  {
    service: 'FunctionGraph',
    operation: 'CreateFunction',
    field: 'depend_version_list',
    rule: 'every dependency version must exist: 404 FSS.1056',
    source: 'error table (ErrorCode); the page of the operation does not say when it is checked',
  },
  {
    service: 'FunctionGraph',
    operation: 'CreateDependencyVersion',
    field: 'runtime',
    rule: 'a dependency keeps the runtime of its first version: 409 FSS.1065',
    source: 'open question: the page does not say; a dependency is listed with one runtime',
  },
  {
    service: 'FunctionGraph',
    operation: 'UpdateFunctionReservedInstancesCount',
    field: 'count',
    rule: 'at most 90 in the account: 400 FSS.0400',
    source: 'product description, "Notes and Constraints" (2025-05-14); the error is not documented',
  },
  {
    service: 'FunctionGraph',
    operation: 'ListAsyncInvocations',
    field: '*',
    rule: 'lists requests since the start whether or not enable_async_status_log is set',
    source: 'open question: functiongraph_06_0112_00_3 does not mention the setting',
  },
  {
    service: 'FunctionGraph',
    operation: 'ExportFunction',
    field: '*',
    rule: 'an object whose only key is the Base64 of a ZIP archive with the code and <function>.yaml',
    source: 'sample of an older page (functiongraph_06_0108_1); the present page documents no body',
  },
  {
    service: 'FunctionGraph',
    operation: 'ListStatistics',
    field: 'period',
    rule: 'at most 60 values for each metric; 60 minutes without a period',
    source: 'open question: functiongraph_06_0139 does not say how many',
  },
  {
    service: 'FunctionGraph',
    operation: 'ShowResInstanceInfo',
    field: 'matches',
    rule: 'only resource_name can be matched',
    source: 'example of functiongraph_06_1021',
  },
];

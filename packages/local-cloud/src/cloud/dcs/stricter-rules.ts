/** A rule that the API pages do not have, and where it comes from. */
export interface StricterRule {
  readonly operation: string;
  /** The field of the body. */
  readonly field: string;
  readonly rule: string;
  readonly source: string;
}

const CONSOLE_NAMES =
  'console: user guide "Importing Backup Files" (dcs-migration-0312004), opentelekomcloud-docs 2026-04';
const IP_SWITCH =
  'user guide "Online Migration Between Instances" (dcs-migration-0312003), opentelekomcloud-docs 2026-04';
const WEB_CLI = 'user guide "Web CLI Commands" (dcs-pd-190826001), opentelekomcloud-docs 2026-04';
const NAME_RULE = '4 to 64 characters; starts with a letter; letters, digits, - and _';

/** Where the local DCS is stricter than the tables of the API pages, on purpose. */
export const STRICTER_RULES: readonly StricterRule[] = [
  { operation: 'CreateMigrationTask', field: 'task_name', rule: NAME_RULE, source: CONSOLE_NAMES },
  { operation: 'CreateOnlineMigrationTask', field: 'name', rule: NAME_RULE, source: CONSOLE_NAMES },
  {
    operation: 'CreateMigrationTask',
    field: 'migration_type',
    rule: 'online_migration is refused',
    source: 'API page of 2024-11-06: "can no longer be used to create an online migration task"',
  },
  {
    operation: 'CreateMigrationTask',
    field: 'backup_files',
    rule: 'mandatory',
    source: 'follows from the page: an import has nothing else to import',
  },
  {
    operation: 'CreateMigrationTask',
    field: 'backup_files.file_source',
    rule: 'mandatory',
    source: 'API page of 2025-12 and Terraform; optional on the page of 2024-11-06',
  },
  {
    operation: 'CreateMigrationTask',
    field: 'backup_files.bucket_name',
    rule: 'mandatory for self_build_obs',
    source: 'API page of 2025-12',
  },
  {
    operation: 'CreateMigrationTask',
    field: 'description',
    rule: 'at most 1024 characters',
    source: 'error table, DCS.4011 (of instance descriptions)',
  },
  {
    operation: 'CreateOnlineMigrationTask',
    field: 'description',
    rule: 'at most 1024 characters',
    source: 'error table, DCS.4011 (of instance descriptions)',
  },
  {
    operation: 'CopyInstance',
    field: 'remark',
    rule: 'at most 128 characters',
    source: 'console, Terraform, and error table (DCS.4098)',
  },
  {
    operation: 'RestoreInstance',
    field: 'remark',
    rule: 'at most 128 characters',
    source: 'console, Terraform, and error table (DCS.4098)',
  },
  {
    operation: 'ExchangeInstanceIp',
    field: 'task_id',
    rule: 'Redis 4.0 or later, no Redis Cluster, no public access, same port, same password on both sides',
    source: IP_SWITCH,
  },
  {
    operation: 'SetOnlineMigrationTask',
    field: 'source_instance, target_instance',
    rule: 'the migration fails unless enabled whitelists admit ecs_tenant_private_ip',
    source: IP_SWITCH,
  },
  { operation: 'ExecuteCommandMobilization', field: 'command', rule: 'disabled commands are refused', source: WEB_CLI },
  {
    operation: 'ExecuteCommandMobilization',
    field: 'client_id',
    rule: 'expires after 5 minutes without a command',
    source: 'console; the user guide of opentelekomcloud-docs says 15 minutes',
  },
  {
    operation: 'RestartOrFlushInstances',
    field: 'instances',
    rule: 'mandatory, 1 to 50',
    source: 'error table, DCS.4065 and DCS.4100',
  },
  {
    operation: 'UpdateIpWhitelist',
    field: 'whitelist',
    rule: 'an instance has at most 20 addresses, which differ',
    source: 'API pages of 2025-01 (20) and of 2025-10 (unique)',
  },
];

/** Where the local DCS accepts more than the tables of the API pages, on purpose. */
export const LENIENT_RULES: readonly StricterRule[] = [
  {
    operation: 'CreateMigrationTask',
    field: 'network_type',
    rule: 'any text',
    source: 'API page of 2024-11-06, which has dropped the values vpc and vpn',
  },
  {
    operation: 'CreateMigrationTask',
    field: 'backup_files.files',
    rule: 'may be absent for backup_record',
    source: "Terraform's live test (2025-07); mandatory on the page",
  },
  {
    operation: 'ExchangeInstanceIp',
    field: 'exchanged_ip, is_exchange_domain',
    rule: 'may be absent',
    source: "Terraform's live test (2025-07); mandatory on the page",
  },
  {
    operation: 'SetOnlineMigrationTask',
    field: 'bandwidth_limit_mb',
    rule: 'a number or a string',
    source: "the page's table says String, its example has a number",
  },
];

const UNDOCUMENTED = 'neither the API pages nor the SDK say';

/** What the local DCS does where no source says what the service does. */
export const OPEN_QUESTIONS: readonly StricterRule[] = [
  {
    operation: 'ExecuteCommandMobilization',
    field: 'response',
    rule: 'numbers are plain digits, lists are lines, errors of Redis are a response with status 200, INFO is raw text',
    source: `${UNDOCUMENTED}; the page has one example, of SCAN`,
  },
  {
    operation: 'ExecuteCommandMobilization',
    field: 'response',
    rule: 'SCAN returns all names without the next cursor, whatever COUNT is',
    source: "the page's example shows names alone",
  },
  {
    operation: 'ExecuteCommandMobilization',
    field: 'command',
    rule: 'a disabled command gets 400 DCS.4800',
    source: UNDOCUMENTED,
  },
  { operation: 'LogoffWebCli', field: '*', rule: '204', source: 'Terraform accepts 200 and 204' },
  { operation: 'ExchangeInstanceIp', field: '*', rule: '204', source: 'Terraform accepts 200 and 204' },
  {
    operation: 'ExchangeInstanceIp',
    field: 'task_id',
    rule: 'the codes for instances that cannot be exchanged: DCS.4007, DCS.4008, DCS.4026',
    source: `${UNDOCUMENTED}; texts of the error table`,
  },
  {
    operation: 'ShowMigrationTask',
    field: 'status',
    rule: 'stays incremental during and after an exchange, SUCCESS after its rollback',
    source: 'user guide: the migration stops during the exchange; "Successful" after the rollback',
  },
  { operation: 'ShowMigrationTask', field: 'task_status', rule: 'ROLLBACKING during a rollback', source: UNDOCUMENTED },
  {
    operation: 'RestartOrFlushInstances',
    field: '*',
    rule: '60 s for a restart, 20 s for a soft one, 5 s for a flush; during a flush `task` is FLUSHING and the status RUNNING',
    source: UNDOCUMENTED,
  },
  {
    operation: 'ListInstances',
    field: 'tags',
    rule: 'key=value, separated by commas',
    source: 'the page names {key} and {value} only',
  },
  {
    operation: 'ListInstances',
    field: 'instance_num',
    rule: 'counts all that match',
    source: 'the total or the page: not said',
  },
  {
    operation: 'RestoreInstance',
    field: 'remark',
    rule: 'too long: DCS.4800, as for every field',
    source: 'the error table also has DCS.4098',
  },
];

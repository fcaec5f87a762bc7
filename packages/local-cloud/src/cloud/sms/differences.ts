/** A rule for fields in which the local SMS differs from the API pages or the official client. */
export interface Difference {
  readonly operations: readonly string[];
  /** Paths in the body, the query or the response; a path covers the fields inside it. */
  readonly fields: readonly string[];
  readonly rule: string;
  readonly source: string;
  /** The truth is not known. */
  readonly isOpen?: boolean;
}

const PAGE_2025 = 'API page of CreateTask, 2025-01-24';
const NOT_DOCUMENTED = 'no page says in which states the service refuses it';

/** Requests that are refused on purpose although a page or the client allows them: rules of the console, of an older page or of callers, so that a client that breaks them finds out here. */
export const SMS_STRICTER_RULES: readonly Difference[] = [
  {
    operations: ['CreateTask'],
    fields: ['name'],
    rule: '1 to 64 letters, digits, Chinese characters, - or _',
    source: 'API page of CreateTask, 2026-01; the page of 2025-01-24 allows any 0 to 255 characters',
  },
  {
    operations: ['CreateTask'],
    fields: ['os_type'],
    rule: 'mandatory',
    source: `${PAGE_2025}; optional since 2026-01`,
  },
  {
    operations: ['CreateTask'],
    fields: ['os_type'],
    rule: 'must be that of the source server (SMS.6601)',
    source: 'reports of callers',
  },
  {
    operations: ['CreateTask'],
    fields: ['type'],
    rule: 'Windows is migrated only with MIGRATE_BLOCK (SMS.6610)',
    source: 'user guide, issue 33',
  },
  {
    operations: ['CreateTask'],
    fields: ['source_server.id'],
    rule: 'must not be empty (SMS.6030)',
    source: 'reports of callers',
  },
  {
    operations: ['CreateTask'],
    fields: ['source_server.id'],
    rule: 'must be connected (SMS.6603), waiting (SMS.6520) and without a task (SMS.7605)',
    source: 'API page of 2026-01; codes from reports of callers',
  },
  {
    operations: ['CreateTask'],
    fields: ['target_server.disks'],
    rule: 'mandatory, with name, size, used_size and physical_volumes',
    source: `${PAGE_2025}; optional in the Node SDK 3.1.209`,
  },
  {
    operations: ['CreateTask'],
    fields: ['target_server.disks[].disk_id'],
    rule: 'mandatory for an existing server (SMS.6103)',
    source: 'pull request 3325 of the Terraform provider',
  },
  {
    operations: ['CreateTask'],
    fields: ['target_server.disks[].disk_id'],
    rule: 'must be a volume of the target (SMS.6519), as large as the disk or, for GPT, 1 GB larger (SMS.6539)',
    source: 'user guide, issue 33; codes from reports of callers',
  },
  {
    operations: ['CreateTask'],
    fields: ['target_server.vm_id'],
    rule: 'an existing server must not be empty (SMS.6032) and have no other task (SMS.7605)',
    source: 'reports of callers',
  },
  {
    operations: ['CreateTask'],
    fields: ['target_server.volume_groups[].logical_volumes'],
    rule: 'name, mount_point, file_system, size, used_size, free_size and inode_size are mandatory',
    source: `${PAGE_2025}; optional in the Node SDK 3.1.209`,
  },
  {
    operations: ['CreateTask'],
    fields: ['target_server.btrfs_list'],
    rule: 'all fields are mandatory, and the subvolumes in one spelling, subvolume or subvolumn',
    source: `${PAGE_2025} has subvolume, the Node SDK 3.1.209 subvolumn`,
  },
  {
    operations: ['UpdateTask'],
    fields: ['target_server'],
    rule: 'this and the other fields of the target can be changed only while the task is READY, ABORT or MIGRATE_FAIL (SMS.9001)',
    source: NOT_DOCUMENTED,
  },
  {
    operations: ['UpdateTask'],
    fields: ['name'],
    rule: 'the changed task must be one that CreateTask accepts',
    source: NOT_DOCUMENTED,
  },
  {
    operations: ['UpdateTaskStatus'],
    fields: ['operation'],
    rule: 'collect_log and sync_failed_rollback are refused (SMS.9001)',
    source: 'removed from the API page of 2025-02-13 and from the Node SDK 3.1.209',
  },
  {
    operations: ['UpdateTaskStatus'],
    fields: ['operation'],
    rule: 'what cannot take effect in the state of the task is refused (SMS.9001)',
    source: NOT_DOCUMENTED,
  },
  {
    operations: ['UpdateTaskStatus'],
    fields: ['template_id'],
    rule: 'mandatory for clone_test, and must exist (SMS.7101)',
    source: 'API page of 2025-06-19; the code from reports of callers',
  },
  {
    operations: ['UpdateServerName'],
    fields: ['disks'],
    rule: 'every ID of a disk or a volume group is unknown (SMS.9001)',
    source: 'no operation returns these IDs',
  },
  {
    operations: ['UploadSpecialConfigurationSetting'],
    fields: ['configurations'],
    rule: 'only while the task is READY, ABORT or SYNCING (SMS.9001)',
    source: 'API page of 2026-01; the code is not documented',
  },
  {
    operations: ['CollectLog'],
    fields: ['log_bucket'],
    rule: 'the source must be connected (SMS.6603), and no upload under way (SMS.9001)',
    source: NOT_DOCUMENTED,
  },
  {
    operations: ['DeleteServer'],
    fields: ['source_id'],
    rule: 'not while the source is being migrated (SMS.7719)',
    source: NOT_DOCUMENTED,
  },
  {
    operations: ['DeleteTasks'],
    fields: ['ids'],
    rule: '1 to 50 IDs; one that cannot be deleted keeps the others',
    source: 'API page of 2026-01-27; older pages allow 0 to 65535',
  },
  {
    operations: ['ListErrorServers'],
    fields: ['offset'],
    rule: 'mandatory',
    source: 'Node SDK 3.1.209; the page also gives a default of 0',
  },
];

/** Requests that are accepted without effect, and what the responses cannot know. */
export const SMS_OPEN_QUESTIONS: readonly Difference[] = [
  {
    operations: ['ListTasks', 'ShowTask', 'ListServers', 'ShowServer'],
    fields: [
      'subtask_info',
      'tasks[].subtask_info',
      'current_task.subtask_info',
      'source_servers[].current_task.subtask_info',
    ],
    rule: 'the name of the current subtask and its progress, with a space between them',
    source: 'API page of ShowTask, 2026-01-27, gives no format',
    isOpen: true,
  },
  {
    operations: ['ShowTask'],
    fields: ['log_collect_status'],
    rule: 'returned',
    source: 'the Node SDK 3.1.209 has it in ListTasks and ListServers, but not here',
    isOpen: true,
  },
  {
    operations: ['ShowTask'],
    fields: ['target_server.btrfs_list'],
    rule: 'the names of the file systems',
    source: 'strings in the Node SDK 3.1.209, objects in CreateTask',
    isOpen: true,
  },
  {
    operations: ['ListServers', 'ShowServer', 'ListTasks', 'ShowTask'],
    fields: ['state', 'source_servers[].state', 'source_server.state', 'tasks[].source_server.state'],
    rule: 'premiging during a migration drill',
    source: 'API page of DeleteTasks, 2026-01; in no enum of the Node SDK 3.1.209',
    isOpen: true,
  },
  {
    operations: ['ShowConsistencyResult'],
    fields: ['result_list'],
    rule: 'each string is the JSON of an object with finished_time, check_result (always SUCCESS) and consistency_result',
    source: 'strings on the pages of 2026, objects on that of 2025-06; the values of check_result are not documented',
    isOpen: true,
  },
  {
    operations: ['ExportConsistencyResults'],
    fields: ['body'],
    rule: 'an empty object',
    source: 'a string, OK, on the API page of 2026-01-27; what the export contains is not documented',
    isOpen: true,
  },
  {
    operations: ['ListTemplates', 'ShowTemplate'],
    fields: ['templates[].target_password', 'template.target_password'],
    rule: 'left out, because it is a secret',
    source: 'Node SDK 3.1.209 has it',
  },
  {
    operations: ['ListTemplates', 'ShowTemplate'],
    fields: ['templates[].nics[].ip', 'template.nics[].ip', 'templates[].disk[].id', 'template.disk[].id'],
    rule: 'returned only if they were sent',
    source: 'Node SDK 3.1.209 has them; no page says what they are when they were not sent',
    isOpen: true,
  },
  {
    operations: ['UpdateTask'],
    fields: ['clone_server', 'target_disk_ids', 'snapshot_ids'],
    rule: 'accepted without effect: a report of the Agent',
    source: 'Node SDK 3.1.209',
  },
  {
    operations: ['UpdateSpeed'],
    fields: ['speed_limit'],
    rule: 'kept and returned, but every copy takes the same time',
    source: 'the local cloud has no data to copy',
  },
  {
    operations: ['UpdateTaskStatus'],
    fields: ['switch_hce'],
    rule: 'accepted without effect',
    source: 'the local cloud has no operating systems',
  },
  {
    operations: ['UpdateTaskStatus'],
    fields: ['operation'],
    rule: 'test and cutover both launch the target',
    source: 'API pages of 2025-06-19 and 2026-01 do not say which of them does',
    isOpen: true,
  },
];

/** Operations of the official client (Node SDK 3.1.209) that the local SMS does not offer: they get APIGW.0101, as an unknown API does. */
export const SMS_NOT_OFFERED: readonly { readonly reason: string; readonly operations: readonly string[] }[] = [
  {
    reason: 'called by the Agent on the source server, not by clients of the API',
    operations: [
      'RegisterServer',
      'ShowCommand',
      'UpdateCommandResult',
      'UpdateCopyState',
      'UpdateDiskInfo',
      'UpdateNetworkCheckInfo',
      'UpdateTaskSpeed',
    ],
  },
  { reason: 'returns a secret', operations: ['ShowCertKey', 'ShowPassphrase', 'ShowTargetPassword'] },
  {
    reason: 'migration projects are groups of the console; tasks go to the default project',
    operations: [
      'CreateMigproject',
      'DeleteMigproject',
      'ListMigprojects',
      'ShowMigproject',
      'UpdateDefaultMigproject',
      'UpdateMigproject',
    ],
  },
  {
    reason: 'the versions, settings and terms of the service; read or accepted once for an account',
    operations: ['CreatePrivacyAgreements', 'ListApiVersion', 'ShowApiVersion', 'ShowConfig', 'ShowPrivacyAgreements'],
  },
];

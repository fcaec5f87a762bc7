import { LENIENT_RULES, OPEN_QUESTIONS, STRICTER_RULES } from '../../src/cloud/dcs/stricter-rules.ts';

import { type Deviation, type Deviations, deviationOf } from '../deviation.ts';

const PAGE = 'API page of 2024-11-06';
const WIRE = "seen on the wire by Terraform's client, 2025-07";

const requests: readonly Deviation[] = [
  {
    operations: ['CreateMigrationTask'],
    fields: ['backup_files.backup_id'],
    rule: 'mandatory for backup_record',
    source: `follows from the page; ${WIRE}`,
  },
  {
    operations: ['SetOnlineMigrationTask'],
    fields: ['source_instance.id', 'target_instance.id', 'source_instance.addrs', 'target_instance.addrs'],
    rule: 'one of id and addrs is mandatory',
    source: PAGE,
  },
  {
    operations: ['CreateMigrationTask', 'SetOnlineMigrationTask'],
    fields: ['source_instance.password', 'target_instance.password'],
    rule: 'mandatory if the instance has a password, refused if it has none',
    source: 'error table: DCS.4845 and DCS.4850',
  },
  {
    operations: ['LoginWebCli'],
    fields: ['password'],
    rule: 'mandatory if the instance has a password',
    source: 'error table: DCS.4845',
  },
  {
    operations: ['LogoffWebCli'],
    fields: ['client_id'],
    rule: 'mandatory',
    source: 'the page; optional in the model',
  },
  {
    operations: ['RestartOrFlushInstances'],
    fields: ['action'],
    rule: 'restart, soft_restart or flush',
    source: 'the page and the error table; any text in the model',
  },
  {
    operations: ['UpdateMigrationTask'],
    fields: ['resume_mode'],
    rule: 'mandatory, because it is the only field',
    source: `${PAGE}; optional in the model`,
  },
  {
    operations: ['ListMigrationTaskLogs'],
    fields: ['log_level'],
    rule: 'INFO or ERROR',
    source: `${PAGE}; any text in the model`,
  },
];

export const DCS_DEVIATIONS: Deviations = {
  requests: [...requests, ...STRICTER_RULES.map(deviationOf)],
  lenient: LENIENT_RULES.map(deviationOf),
  responses: [
    {
      operations: ['CreateMigrationTask', 'SetOnlineMigrationTask'],
      fields: ['error'],
      rule: 'empty, or why the task failed at once',
      source: `example of the ${PAGE}`,
    },
    {
      operations: ['CreateOnlineMigrationTask'],
      fields: ['job_id'],
      rule: 'the job that creates the task',
      source: WIRE,
    },
    {
      operations: ['ListMigrationTask', 'SetOnlineMigrationTask', 'ShowMigrationTask', 'StopMigrationTask'],
      fields: ['status', 'migration_tasks[].status'],
      rule: 'has more values than the enum of the model: CREATING, RUNNING, FULLMIGRATING, INCRMIGEATING, TERMINATING ...',
      source: `opentelekomcloud-docs 2026-04, "Querying a Migration Task"; the misspelled state was ${WIRE}`,
    },
    {
      operations: ['ShowMigrationTask', 'StopMigrationTask'],
      fields: ['network_type'],
      rule: 'empty for an import',
      source: `example of the ${PAGE}`,
    },
    {
      operations: ['ShowMigrationTask', 'StopMigrationTask'],
      fields: ['backup_files.backup_id', 'backup_files.backup_record'],
      rule: 'the ID of a backup record is nested in backup_record',
      source: WIRE,
    },
    {
      operations: ['ShowMigrationTaskStats'],
      fields: [
        'full_migration_progress',
        'offset',
        'source_dbsize',
        'target_dbsize',
        'target_input_kbps',
        'target_ops',
      ],
      rule: 'numbers; strings in the table',
      source: `example of the ${PAGE}`,
    },
    {
      operations: ['ShowJobInfo'],
      fields: ['job_type'],
      rule: 'createMigrationInstance for the creation of an online task; the model has other jobs only',
      source: 'the page has no value for it',
      isOpen: true,
    },
    {
      operations: ['ShowInstance', 'ListInstances'],
      fields: ['task', 'instances[].task'],
      rule: 'the job that runs on the instance, or null',
      source: WIRE,
    },
    {
      operations: ['ShowInstance', 'ListInstances'],
      fields: ['free', 'is_free', 'libos', 'crr_role', 'active_active', 'proxy_links'],
      rule: 'reserved fields',
      source: 'API page of 2026-04',
    },
    ...OPEN_QUESTIONS.map((question) => ({ ...deviationOf(question), isOpen: true })),
  ],
};

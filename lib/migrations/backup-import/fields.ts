import type { FieldTable } from '../../schema/fields.ts';

export const SOURCES = ['self_build_obs', 'backup_record'] as const;
const OBSOLETE =
  'belongs to online migration, which this operation no longer supports (API page of 2024-11-06); it is sent unchanged';

const INSTANCE_FIELDS: FieldTable = {
  name: { type: 'string', doc: 'Name of the instance.' },
  password: {
    type: 'secret',
    doc: 'Password of the default account, as { user_data: NAME } or { csms: NAME }. Required if the instance has one; leave it out if it has none.',
  },
  task_status: { type: 'string', doc: 'Status of the task.' },
  ip: { type: 'string', doc: 'IP address of the instance.' },
  port: { type: 'string', doc: 'Port of the instance, as a string.' },
  proxy_multi_db: { type: 'boolean', doc: 'Whether multi-DB is enabled. Proxy Cluster only.' },
  db: { type: 'string', doc: 'Database.' },
};

/**
 * Body of DCS CreateMigrationTask: every parameter of the API page (English, 2024-11-06) and of the SDK's model
 * (huaweicloud-sdk-nodejs-v3 3.1.209).
 *
 * The page limits no string. `backup_files` is optional in every document, but required in practice. `file_source` follows the page's example,
 * Terraform and the SDK: the Chinese page of 2025-12-17 has its two values swapped. `network_type` is accepted in both cases, because Terraform
 * writes it in upper case.
 */
export const BACKUP_IMPORT_FIELDS: FieldTable = {
  task_name: {
    type: 'string',
    required: true,
    absent: "the job's name",
    doc: "Name of the task; the run's id is appended. Default: {absent}.",
  },
  description: { type: 'string', doc: 'Description of the task.' },
  migration_type: {
    type: 'string',
    required: true,
    values: ['backupfile_import'],
    doc: 'Always backupfile_import, which is also the default.',
  },
  migration_method: {
    type: 'string',
    required: true,
    values: ['full_amount_migration', 'incremental_migration'],
    absent: 'full_amount_migration',
    doc: 'Full or incremental. Default: {absent}, as in every example of an import.',
  },
  backup_files: {
    type: 'object',
    required: true,
    absent: 'the object that started the run',
    doc: 'What to import. Default: {absent}.',
    fields: {
      file_source: {
        type: 'string',
        values: SOURCES,
        doc: 'self_build_obs: files of an OBS bucket; backup_record: a backup of an instance. Always sent; by default it is derived from the other fields.',
      },
      bucket_name: {
        type: 'string',
        min: 1,
        doc: 'OBS bucket, in the region and account of the target instance. Required with self_build_obs.',
      },
      files: {
        type: 'list',
        min: 1,
        doc: 'Backup files (.rdb, .aof, .zip, .tar.gz), all shards of a cluster. Required with self_build_obs.',
        of: {
          type: 'object',
          doc: 'One backup file.',
          fields: {
            file_name: {
              type: 'string',
              required: true,
              min: 1,
              objectKey: true,
              doc: 'Key of the object in the bucket.',
            },
            size: {
              type: 'string',
              doc: 'Size as a string. The API page says bytes, its example 754.0MB. Optional.',
            },
            update_at: { type: 'string', doc: 'Time of the last change, YYYY-MM-DD HH:MM:SS. Optional.' },
          },
        },
      },
      backup_id: { type: 'string', min: 1, doc: 'Id of the backup. Required with backup_record.' },
    },
  },
  network_type: {
    type: 'string',
    values: ['vpc', 'vpn', 'VPC', 'VPN'],
    warn: `network_type ${OBSOLETE}`,
    doc: 'Obsolete: network between source and target of an online migration.',
  },
  source_instance: {
    type: 'object',
    destination: true,
    warn: `source_instance ${OBSOLETE}`,
    doc: 'Obsolete: source of an online migration.',
    fields: {
      addrs: { type: 'string', required: true, doc: 'Address of the source Redis, ip:port.' },
      id: { type: 'string', doc: 'Id of the source instance.' },
      ...INSTANCE_FIELDS,
    },
  },
  target_instance: {
    type: 'object',
    required: true,
    destination: true,
    doc: 'The DCS instance to import into; its existing keys are kept, or overwritten. In a jobs file, the name of a target is also accepted.',
    fields: {
      id: { type: 'string', required: true, min: 1, doc: 'Id of the target instance.' },
      addrs: { type: 'string', doc: 'Address of the target Redis, ip:port.' },
      ...INSTANCE_FIELDS,
    },
  },
};

/** Required fields that a jobs file may leave out because `plan` supplies them. */
export const BACKUP_IMPORT_SUPPLIED = ['task_name', 'migration_type', 'migration_method'] as const;

/** Our own keys, beside the fields. */
export const BACKUP_IMPORT_OWN_KEYS: FieldTable = {
  backup_target_first: {
    type: 'boolean',
    absent: 'false',
    doc: 'Whether to back up the target before the import. Default: {absent}. true needs a ledger.',
  },
};

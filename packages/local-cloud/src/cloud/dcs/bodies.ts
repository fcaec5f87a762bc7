import { z } from 'zod';
import type { Assumed } from '../open-questions/assumptions.ts';
import { wholeNumber as count } from './query-fields.ts';

/** The console's rule; the API pages have none (DCS user guide, "Importing Backup Files", opentelekomcloud-docs 2026-04). */
function taskName(assumed: Assumed) {
  const limited = assumed('dcs-long-names') === 'refused';
  return z
    .string()
    .regex(
      limited ? /^[A-Za-z][A-Za-z0-9_-]{3,63}$/ : /^[A-Za-z][A-Za-z0-9_-]{3,}$/,
      `must have 4 ${limited ? 'to 64 ' : 'or more '}characters, start with a letter and contain only letters, digits, - and _`,
    );
}
const text = z.string().min(1);
const migrationMethod = z.enum(['full_amount_migration', 'incremental_migration']);
const resumeMode = z.enum(['auto', 'manual']);

const backupFiles = (assumed: Assumed) =>
  z
    .strictObject({
      file_source: z.enum(['self_build_obs', 'backup_record']),
      bucket_name: text.optional(),
      files: z
        .array(z.strictObject({ file_name: text, size: z.string().optional(), update_at: z.string().optional() }))
        .max(assumed('dcs-file-count') === 'unlimited' ? Number.MAX_SAFE_INTEGER : 64)
        .optional(),
      backup_id: text.optional(),
    })
    .superRefine((value, context) => {
      const demand = (field: string, present: boolean): void => {
        if (!present)
          context.addIssue({ code: 'custom', path: [field], message: `is mandatory for ${value.file_source}` });
      };
      if (value.file_source === 'self_build_obs') {
        demand('bucket_name', value.bucket_name !== undefined);
        demand('files', value.files !== undefined && value.files.length > 0);
      } else {
        demand('backup_id', value.backup_id !== undefined);
      }
    });

/** The rows that the tables SourceInstanceBody and TargetInstanceBody of CreateMigrationTask share. */
const instanceRows = {
  name: z.string().optional(),
  password: z.string().optional(),
  task_status: z.string().optional(),
  ip: z.string().optional(),
  port: z.string().optional(),
  proxy_multi_db: z.boolean().optional(),
  db: z.string().optional(),
};

/**
 * Body of CreateMigrationTask (API page of 2024-11-06). `backup_files` is optional on the page but required in practice; `file_source`
 * is optional there but mandatory on the page of 2025-12. `online_migration` is listed but not supported here.
 */
export const createMigrationTaskBody = (assumed: Assumed) =>
  z.strictObject({
    task_name: taskName(assumed),
    description: z.string().optional(),
    migration_type: z.literal('backupfile_import'),
    migration_method: migrationMethod,
    backup_files: backupFiles(assumed),
    // The enum of older pages (`vpc`, `vpn`) is gone from the page of 2024-11-06, which calls the field obsolete.
    network_type: z.string().optional(),
    source_instance: z.strictObject({ ...instanceRows, addrs: text, id: z.string().optional() }).optional(),
    target_instance: z.strictObject({ ...instanceRows, addrs: z.string().optional(), id: text }),
  });

/** Body of CreateOnlineMigrationTask (API page of 2024-11-06). The network fields have their own error codes, so only their types are checked here. */
export const createOnlineMigrationTaskBody = (assumed: Assumed) =>
  z.strictObject({
    name: taskName(assumed),
    description: z.string().optional(),
    vpc_id: z.string(),
    subnet_id: z.string(),
    security_group_id: z.string(),
  });

const configuredInstance = z
  .strictObject({ id: text.optional(), addrs: text.optional(), password: z.string().optional() })
  .refine((value) => value.id !== undefined || value.addrs !== undefined, 'must have id or addrs');

/** MB/s. A string in the page's table, a number in its example; both are accepted. */
const bandwidth = z
  .union([z.int(), z.string().regex(/^\d+$/).transform(Number)])
  .refine((value) => value >= 1 && value <= 10240, 'must be an integer from 1 to 10240');

/** Body of SetOnlineMigrationTask. */
export const setOnlineMigrationTaskBody = z.strictObject({
  migration_method: migrationMethod,
  resume_mode: resumeMode,
  bandwidth_limit_mb: bandwidth.optional(),
  source_instance: configuredInstance,
  target_instance: configuredInstance,
});

/** Body of ExchangeInstanceIp. Both fields are mandatory on the page; Terraform's client sends neither, and its live test of 2025-07 passes. */
export const exchangeIpBody = z.strictObject({
  exchanged_ip: z.array(text).optional(),
  is_exchange_domain: z.boolean().optional(),
});

/** Body of UpdateMigrationTask. */
export const updateMigrationTaskBody = z.strictObject({ resume_mode: resumeMode });
/** Body of BatchStopMigrationTasks and BatchRestartOnlineMigrationTasks. */
export const batchBody = z.strictObject({ migration_tasks: z.array(z.string()).min(1) });
/** Body of DeleteMigrationTask. */
export const deleteMigrationTaskBody = z.strictObject({ task_id_list: z.array(z.string()).min(1) });

/** Query of ListMigrationTask (limit 1 to 1000, default 10: API page of 2025-12-02). */
export const listMigrationTaskQuery = z.strictObject({
  offset: count(0, 2147483647, 0),
  limit: count(1, 1000, 10),
  name: z.string().optional(),
});

/** Query of ListMigrationTaskLogs. Its default limit is not documented; the default of the task list is used. */
export const listLogsQuery = z.strictObject({
  offset: count(0, 2147483647, 0),
  limit: count(1, 1000, 10),
  log_level: z.enum(['INFO', 'ERROR']).optional(),
});

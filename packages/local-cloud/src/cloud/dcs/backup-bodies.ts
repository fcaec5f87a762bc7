import { z } from 'zod';
import { compactTime, wholeNumber as count } from './query-fields.ts';

/** Body of CopyInstance. The pages give no limit for `remark`; Terraform's provider and the console use 128. */
export const copyInstanceBody = z.strictObject({
  remark: z.string().max(128).optional(),
  backup_format: z.enum(['aof', 'rdb']).optional(),
});

/** Body of ListBackupFileLinks: how long the links are valid, in seconds. */
export const backupLinksBody = z.strictObject({ expiration: z.int().min(300).max(86400) });

/** Query of ListBackupRecords (limit 1 to 1000, default 10: API page of 2025-12-29). */
export const listBackupRecordsQuery = z.strictObject({
  begin_time: compactTime.optional(),
  end_time: compactTime.optional(),
  offset: count(0, 2147483647, 0),
  limit: count(1, 1000, 10),
});

/** Body of RestoreInstance, with the limit of CopyInstance for `remark`. */
export const restoreInstanceBody = z.strictObject({
  backup_id: z.string().min(1),
  remark: z.string().max(128).optional(),
});

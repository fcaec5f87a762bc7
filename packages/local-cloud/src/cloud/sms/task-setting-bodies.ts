import { z } from 'zod';
import { short, text } from './create-task-body.ts';

/** A time of day, `HH:MM`. */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, HH:MM');

const speedLimit = z.strictObject({
  start: timeOfDay,
  end: timeOfDay,
  /** Mbit/s; 0 means unlimited. */
  speed: z.int().min(0).max(1000).optional(),
  /** Percent. */
  over_speed_threshold: z.number().min(0).max(100).optional(),
});

/** Body of UpdateSpeed (Node SDK 3.1.209: a window needs only its start and end). */
export const updateSpeedBody = z.strictObject({ speed_limit: z.array(speedLimit) });

export type SpeedLimit = z.output<typeof speedLimit>;

/** The advanced options of a task (Node SDK 3.1.209, API pages of 2026-01). */
export const CONFIG_KEYS = [
  'MIGRATE_EXCLUDE_DIR',
  'SYNC_EXCLUDE_DIR',
  'ONLY_SYNC_DIR',
  'CONSISTENCY_DIR',
  'CONSISTENCY_DIR_ILLEGAL',
  'LINUX_BLOCK_COMPRESS_THREAD_NUM',
  'MIGRATE_DST_IP',
  'LINUX_BLOCK_CACHE_SIZE',
  'LINUX_CPU_LIMIT',
  'LINUX_MEM_LIMIT',
  'LINUX_IO_LIMIT',
  'NUM_PROCESS_MIGRATE',
  'NUM_PROCESS_SYNC',
  'CONSISTENCY_RECHECK',
  'CONSISTENCY_MODE',
  'DYNAMIC_PORT',
] as const;

const configuration = z.strictObject({
  config_key: z.enum(CONFIG_KEYS),
  config_value: z.string(),
  config_status: z.string().optional(),
});

/** Body of UploadSpecialConfigurationSetting: 0 to 50 options (pages of 2026-01; 10 before). */
export const configurationsBody = z.strictObject({ configurations: z.array(configuration).max(50) });

export type Configuration = z.output<typeof configuration>;

/** Body of CollectLog. */
export const collectLogBody = z.strictObject({ log_bucket: short.min(1) });

const files = z.int().min(0).max(1000000);
const checkedFolder = z.strictObject({
  dir_check: text(1024),
  num_total_files: files,
  num_different_files: files,
  num_target_miss_files: files,
  num_target_more_files: files,
});

/** Body of UpdateConsistencyResult (page of 2026-01-27). */
export const consistencyResultBody = z.strictObject({ consistency_result: z.array(checkedFolder).max(30).optional() });

export type CheckedFolder = z.output<typeof checkedFolder>;

/** Body of ExportConsistencyResults (page of 2026-01-27). */
export const exportConsistencyBody = z.strictObject({
  task_info: z
    .array(
      z.strictObject({
        task_id: text(36).min(1).optional(),
        source_id: short.optional(),
        source_name: short.optional(),
      }),
    )
    .min(1)
    .max(200),
});

import type { Clock } from '../clock.ts';
import type { SmsTask } from './task.ts';

/** Documented time that an upload takes. */
const UPLOAD_MS = 10_000;
/** How long the link to the logs works. */
const SHARE_MS = 24 * 60 * 60 * 1000;

/** `log_collect_status`: INIT, UPLOADING, UPLOAD_FAIL or UPLOADED. */
export function logState({ log }: SmsTask, clock: Clock): string {
  if (log === undefined) return 'INIT';
  if (clock.documentedMs(log.startedAt) < UPLOAD_MS) return 'UPLOADING';
  return log.failed ? 'UPLOAD_FAIL' : 'UPLOADED';
}

/** The fields of a row about the logs of its task. Empty until they are uploaded. */
export function logFields(task: SmsTask, clock: Clock): Record<string, unknown> {
  const { log } = task;
  const state = logState(task, clock);
  if (log === undefined || state !== 'UPLOADED') {
    return {
      log_collect_status: state,
      log_bucket: log?.bucket ?? '',
      log_expire: null,
      log_upload_time: null,
      log_share_url: '',
    };
  }
  const uploadedAt = Math.round(clock.instantAfter(log.startedAt, UPLOAD_MS));
  return {
    log_collect_status: state,
    log_bucket: log.bucket,
    log_expire: uploadedAt + SHARE_MS,
    log_upload_time: uploadedAt,
    log_share_url: `https://${log.bucket}.obs.example.com/${task.id}.zip`,
  };
}

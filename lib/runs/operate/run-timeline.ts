import type { RunRecord } from '../ledger/run-record.ts';
import type { RunReason } from '../report/run-result.ts';

/** One record of a run, for operators: more than a caller sees, but no body, policy or secret. */
export interface TimelineStep {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What was recorded: `created`, `call configure`. */
  readonly event: string;
  /** Which invocation or person wrote it. */
  readonly by: string;
  /** What it is about: a task, a backup, a run or a report; absent when nothing. */
  readonly about?: string;
  /** When a lease ends, or the time before which there is no retry; ISO 8601, UTC. */
  readonly until?: string;
  readonly reason?: RunReason;
}

/** Every record, oldest first; empty when there are none. */
export function timelineOf(records: readonly RunRecord[]): TimelineStep[] {
  return records.map((record) => {
    const about = aboutOf(record);
    const until = 'until' in record ? record.until : 'notBefore' in record ? record.notBefore : undefined;
    return {
      at: new Date(record.at).toISOString(),
      event: 'call' in record ? `${record.type} ${record.call}` : record.type,
      by: record.by,
      ...(about === undefined ? {} : { about }),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
      ...('reason' in record && record.reason ? { reason: record.reason } : {}),
    };
  });
}

function aboutOf(record: RunRecord): string | undefined {
  switch (record.type) {
    case 'received':
      return record.source;
    case 'created':
    case 'adopted':
      return `task ${record.task.name} (${record.task.id})${record.task.status ? `, ${record.task.status}` : ''}`;
    case 'called':
      // For other calls the id is the record's own.
      return record.call === 'copy_backup' || record.call === 'backup_target' ? `backup ${record.id}` : undefined;
    case 'stuck':
    case 'settled':
      return record.status && `task is ${record.status}`;
    case 'notified':
      return `${record.event}, message ${record.messageId}`;
    case 'replayed':
      return `run ${record.as.run}`;
    default:
      return undefined;
  }
}

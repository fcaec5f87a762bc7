import type { RunRecord } from '../ledger/run-record.ts';
import type { RunReason } from '../report/run-result.ts';

/** One record of a run, for people who run the system: more than a caller sees, and no body, no policy, no secret. */
export interface TimelineStep {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What was recorded: `created`, `call configure`. */
  readonly event: string;
  /** Which invocation or person wrote it. */
  readonly by: string;
  /** Of what it speaks: a task, a backup, a run, a report; absent when of nothing. */
  readonly about?: string;
  /** A lease ends then, or it is not tried before; ISO 8601, UTC. */
  readonly until?: string;
  readonly reason?: RunReason;
}

/** Every record, oldest first; empty when there is none. */
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
      // Of the others it is the record's own.
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

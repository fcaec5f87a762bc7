import type { ActionKind } from '../../migrations/action.ts';
import { runName } from '../ledger/run-log.ts';
import type { ReceivedRecord, RunRecord } from '../ledger/run-record.ts';
import { foldRun } from '../ledger/run-state.ts';
import { laneOf } from '../start/lane-fact.ts';

/** The version of the form of a ticket: it changes when a member is removed or gets another meaning. */
const TICKET_FORMAT = 1;

/** What is known of a task at one time. */
interface TaskSnapshot {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The type of the record that has it. */
  readonly event: RunRecord['type'];
  readonly kind: ActionKind;
  readonly id: string;
  readonly name: string;
  /** As the service reported it; absent when it was not asked. */
  readonly status?: string;
}

/** Where more is known about a run. */
interface TicketLinks {
  /** The list of the run in the ledger, below its prefix. */
  readonly ledger: string;
  /** The lane of its target: for `runs lanes`. */
  readonly lane?: string;
  readonly replay_of?: string;
  readonly replayed_as?: readonly string[];
  /** Notifications that were sent, with the ids of SMN. */
  readonly notifications: readonly { readonly at: string; readonly event: string; readonly message_id: string }[];
  /** Ids of requests that the cloud refused, for its support; each once. */
  readonly request_ids: readonly string[];
}

/** Everything that the ledger has about a run, for a ticket. Times in `received` and `records` are ms since 1970. */
export interface RunTicket {
  readonly format: number;
  /** The first record, with the key that was found for the object: trigger, filled action, policies. Secrets are references. */
  readonly received: ReceivedRecord;
  /** Every record as written, oldest first. */
  readonly records: readonly RunRecord[];
  /** The task at each time at which it was recorded, oldest first. Empty without a task. */
  readonly task_snapshots: readonly TaskSnapshot[];
  readonly links: TicketLinks;
}

/** The ticket of a run; `undefined` without its first record. */
export function ticketOf(records: readonly RunRecord[]): RunTicket | undefined {
  const { received, replays } = foldRun(records);
  if (!received) return undefined;
  const lane = received.planned && laneOf(received.planned);
  const { replayOf } = received;
  return {
    format: TICKET_FORMAT,
    received,
    records,
    task_snapshots: snapshotsOf(records),
    links: {
      ledger: runName(received.job, received.run),
      ...(lane === undefined ? {} : { lane }),
      ...(replayOf === undefined ? {} : { replay_of: replayOf }),
      ...(replays ? { replayed_as: replays.map(({ run }) => run) } : {}),
      notifications: records.flatMap((record) =>
        record.type === 'notified' ? [{ at: timeOf(record), event: record.event, message_id: record.messageId }] : [],
      ),
      request_ids: requestIdsOf(records),
    },
  };
}

function snapshotsOf(records: readonly RunRecord[]): TaskSnapshot[] {
  const found: TaskSnapshot[] = [];
  for (const record of records) {
    const before = found.at(-1);
    const head = { at: timeOf(record), event: record.type };
    if ('task' in record) found.push({ ...head, ...record.task });
    else if (before && 'status' in record && record.status !== undefined) {
      found.push({ ...before, ...head, status: record.status });
    }
  }
  return found;
}

function requestIdsOf(records: readonly RunRecord[]): string[] {
  const ids = records.flatMap((record) => ('reason' in record ? (record.reason?.request_id ?? []) : []));
  return [...new Set(ids)];
}

function timeOf({ at }: RunRecord): string {
  return new Date(at).toISOString();
}

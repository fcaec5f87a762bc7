import { plainText } from '../../kernel/plain-text.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import { type CesEvent, MAX_CES_CONTENT } from '../../ports/ces.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { foldRun, type RunState } from '../ledger/run-state.ts';
import { eventsOf } from './report.ts';
import type { RunReason } from './run-result.ts';
import { lastWaitTime } from './waiting-report.ts';

/** The events that Cloud Eye gets, with the severity of each. Alarm rules use the names, so they do not change. */
const CLOUD_EYE_EVENTS = {
  run_parked: { state: 'incident', level: 'Major' },
  run_stuck: { state: 'incident', level: 'Major' },
  run_failed: { state: 'incident', level: 'Major' },
  run_waiting: { state: 'warning', level: 'Minor' },
  objects_missed: { state: 'warning', level: 'Minor' },
  rights_refused: { state: 'incident', level: 'Critical' },
  reconcile_late: { state: 'incident', level: 'Critical' },
} as const satisfies Readonly<Record<string, Pick<CesEvent, 'state' | 'level'>>>;
export type CloudEyeEventName = keyof typeof CLOUD_EYE_EVENTS;

/** An event of a job, or of one of its runs. */
export function cloudEyeEvent(
  name: CloudEyeEventName,
  { at, content, job, run }: { at: number; content: string; job?: string; run?: string },
): CesEvent {
  return {
    name,
    at,
    ...CLOUD_EYE_EVENTS[name],
    content: plainText(content).slice(0, MAX_CES_CONTENT),
    ...(run === undefined ? {} : { resourceId: run }),
    ...(job === undefined ? {} : { resourceName: job }),
  };
}

export interface EventMoment {
  readonly now: number;
  /** Events before this were reported by earlier invocations. */
  readonly since: number;
  /** Why the run waits, as this invocation found. */
  readonly reason?: RunReason | undefined;
}

const NAMES = { parked: 'run_parked', stuck: 'run_stuck', failed: 'run_failed' } as const;

/** What has happened to a run since then, for Cloud Eye. The time of each is that of its record, so it is the same event however often it is sent. */
export function eventsOfRun(records: readonly RunRecord[], moment: EventMoment): CesEvent[] {
  const state = foldRun(records);
  const { received } = state;
  if (!received) return [];
  const { job, run } = received;
  const happened = eventsOf(records).flatMap(({ event, at, reason }) => {
    if (event !== 'parked' && event !== 'stuck' && event !== 'failed') return [];
    return [{ name: NAMES[event], at, reason }];
  });
  return [...happened, ...waitOf(records, state, moment), ...refusalOf(records, state)]
    .filter(({ at }) => at > moment.since)
    .map(({ name, at, reason }) =>
      cloudEyeEvent(name, { at, job, run, content: reason ? `${reason.code}: ${reason.message}` : name }),
    );
}

interface Happened {
  readonly name: CloudEyeEventName;
  readonly at: number;
  readonly reason: RunReason | undefined;
}

/** In the rhythm of the reports, whether or not the job has `notify`. */
function waitOf(
  records: readonly RunRecord[],
  state: RunState,
  { now, reason = state.reason }: EventMoment,
): Happened[] {
  const at = lastWaitTime(records, state, { now, reason });
  return at === undefined ? [] : [{ name: 'run_waiting', at, reason }];
}

/** Once for each code: when the run first met it. */
function refusalOf(records: readonly RunRecord[], { reason, end, parked }: RunState): Happened[] {
  if (!reason || end || parked || !isRefused(reason)) return [];
  const first = records.find(
    (record) => record.type === 'waiting' && record.reason.code === reason.code && isRefused(record.reason),
  );
  return first ? [{ name: 'rights_refused', at: first.at, reason }] : [];
}

/** Were keys or a permission refused? For a secret that DEW does not give, the status tells, and not our code. */
function isRefused(reason: RunReason): boolean {
  const { code, status } = reason;
  const kind = transientFailure(code === 'secret_unavailable' ? { code: '', status } : reason)?.kind;
  return kind === 'rights' || kind === 'keys';
}

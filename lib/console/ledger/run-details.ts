import { adviceFor } from '../../kernel/advice.ts';
import { listPauses } from '../../runs/ledger/pauses.ts';
import { readRunRecords } from '../../runs/ledger/run-log.ts';
import type { RunRecord } from '../../runs/ledger/run-record.ts';
import { nextSteps } from '../../runs/operate/next-steps.ts';
import { viewRun } from '../../runs/report/run-view.ts';
import type { RunDetails, RunHistoryStep } from '../wire.ts';
import type { PlaceView } from './place-view.ts';

/** The fields of a record that are shown besides its time, author and reason, with their output names. The rest is bodies of calls. */
const DETAILS: Readonly<Record<string, string>> = {
  trigger: 'trigger',
  source: 'source',
  replayOf: 'replay_of',
  until: 'until',
  notBefore: 'not_before',
  task: 'task',
  status: 'status',
  event: 'event',
  messageId: 'message_id',
  warnings: 'warnings',
};
/** Fields that are stored as epoch milliseconds. */
const TIMES = new Set(['until', 'notBefore']);

/** A run with all its records. @returns `undefined` if there is no such run @throws {LedgerError} if it can't be read */
export async function readRunDetails(view: PlaceView, job: string, run: string): Promise<RunDetails | undefined> {
  const { place } = view;
  const { ledger, prepareChange } = await view.open();
  const records = await readRunRecords(ledger, job, run);
  const known = viewRun(records);
  const isOver = records.some(({ type }) => type === 'settled');
  const status = known?.task && !isOver ? place.taskUpdate?.(known.task.id)?.status : undefined;
  const seen = status === undefined ? known : viewRun(records, status);
  if (!seen) return undefined;
  const { history: _history, ...shown } = seen;
  const { origin, source } = records.find(({ type }) => type === 'received') as Extract<
    RunRecord,
    { type: 'received' }
  >;
  const pauses = seen.reason?.code === 'paused' ? await listPauses(ledger) : [];
  const advice = seen.reason && adviceFor(seen.reason);
  const { before, flags } = place.command;
  return {
    place: place.name,
    view: shown,
    source,
    ...(origin ? { origin } : {}),
    ...(advice ? { advice } : {}),
    history: records.map(stepOf),
    next_steps: nextSteps(seen, flags, pauses).map(({ command, what, change }) => ({
      command: `${before}${command}`,
      what,
      ...(change && prepareChange ? { change } : {}),
    })),
  };
}

function stepOf(record: RunRecord): RunHistoryStep {
  const details = Object.entries(record).flatMap(([key, value]) => {
    const name = DETAILS[key];
    if (name === undefined || (Array.isArray(value) && value.length === 0)) return [];
    return [[name, TIMES.has(key) ? new Date(value as number).toISOString() : value] as const];
  });
  return {
    at: new Date(record.at).toISOString(),
    event: 'call' in record ? `${record.type} ${record.call}` : record.type,
    by: record.by,
    ...('reason' in record && record.reason ? { reason: record.reason } : {}),
    ...(details.length > 0 ? { details: Object.fromEntries(details) } : {}),
  };
}

import type { Ledger } from '../runs/ledger/ledger.ts';
import { readRunRecords } from '../runs/ledger/run-log.ts';
import type { RunRecord } from '../runs/ledger/run-record.ts';
import { nextSteps } from '../runs/operate/next-steps.ts';
import { viewRun } from '../runs/report/run-view.ts';
import type { RunAnswer, RunHistoryStep } from './wire.ts';

/** What of a record is shown beside its time, writer and reason, by the name that it has there. The rest is bodies of calls. */
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
/** Times that are kept as ms since 1970. */
const TIMES = new Set(['until', 'notBefore']);

/** A run with every record of it. @returns `undefined` when there is none @throws {LedgerError} its list can't be read */
export async function readRunAnswer(
  ledger: Ledger,
  job: string,
  run: string,
  statusOf: (taskId: string) => string | undefined,
): Promise<RunAnswer | undefined> {
  const records = await readRunRecords(ledger, job, run);
  const known = viewRun(records);
  const isOver = records.some(({ type }) => type === 'settled');
  const view = known?.task && !isOver ? viewRun(records, statusOf(known.task.id)) : known;
  if (!view) return undefined;
  const { history: _history, ...shown } = view;
  const source = records.find(({ type }) => type === 'received') as { readonly source: string };
  return {
    view: shown,
    source: source.source,
    history: records.map(stepOf),
    // The console shows the local ledger, whatever keys are in the environment of who copies a command.
    next_steps: nextSteps(view, ' --local'),
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

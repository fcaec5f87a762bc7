import type { Ledger } from '../runs/ledger/ledger.ts';
import { readRunRecords } from '../runs/ledger/run-log.ts';
import type { RunRecord } from '../runs/ledger/run-record.ts';
import { nextSteps } from '../runs/operate/next-steps.ts';
import { viewRun } from '../runs/report/run-view.ts';
import type { RunDetails, RunHistoryStep } from './wire.ts';

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
export async function readRunDetails(
  ledger: Ledger,
  job: string,
  run: string,
  statusOf: (taskId: string) => string | undefined,
): Promise<RunDetails | undefined> {
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
    // The console shows the local ledger, whatever keys are in the environment where a copied command runs.
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

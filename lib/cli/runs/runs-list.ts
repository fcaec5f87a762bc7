import { InvalidArgumentError } from 'commander';
import { type Advice, adviceFor } from '../../kernel/advice.ts';
import { needsOperator } from '../../kernel/transient-failures.ts';
import { inParallel, MAX_PARALLEL } from '../../runs/in-parallel.ts';
import { originText } from '../../runs/ledger/origin.ts';
import { listUnreadable, type UnreadableRecord } from '../../runs/ledger/unreadable-records.ts';
import { limitWaitedFor, viewBudgets } from '../../runs/operate/budgets.ts';
import { type ListedRun, listOpenOnly, listRuns, type ReadRun, readRuns } from '../../runs/operate/list-runs.ts';
import { turnNow } from '../../runs/operate/turn-now.ts';
import { adviceOnUnreadable } from '../../runs/report/report.ts';
import { RUN_STATES, type RunViewState } from '../../runs/report/run-view.ts';
import { viewOpenSets } from '../../runs/sets/view-set.ts';
import { durationMs } from '../../schema/duration.ts';
import { command } from '../command-line.ts';
import { counted } from '../counted.ts';
import { EXIT } from '../exit-code.ts';
import { pauseJson, pauseLines } from '../pause.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';
import { budgetLines } from './budget-lines.ts';
import { noteUnknownJob } from './note-unknown-job.ts';
import { setDeps, setLines } from './open-sets.ts';
import { readAndNoteHeartbeat } from './read-heartbeat.ts';
import { readPauses } from './read-pauses.ts';
import { adviceLines, runsTable } from './runs-table.ts';
import { type JobSelection, matchedJobs, PATTERN_HELP, selectJobs } from './select-jobs.ts';

const DEFAULT_LIMIT = 100;
/** Maximum number of unreadable records listed at a time. More appear once these are repaired. */
const MAX_UNREADABLE = 100;
const DEFAULT_SINCE_MS = 86_400_000;
const NO_SETS = { sets: [], left: 0 };

/** `runs list [job or pattern]`. */
export const addRunsList = command<{
  readonly open?: boolean;
  readonly state?: readonly RunViewState[];
  readonly since?: number;
  readonly limit: number;
}>('list [job]', {
  summary: 'list open runs, runs of the last day (newest first), and open sets of objects',
  about: `${PATTERN_HELP}\nTimes are those of the last change. Incomplete sets are shown with what they wait for. Exit code 1: a record could not be read, now or by reconcile; it is shown with what to do, and the others are listed as usual.`,
  examples: [
    'npx migrations runs list',
    'npx migrations runs list --open',
    'npx migrations runs list restore-staging --state failed,rejected --since 7d',
    "npx migrations runs list 'restore-*' --open",
    "npx migrations runs list --json | jq '.runs[].reason.code'",
  ],
  hasPlace: true,
  add: (command) =>
    command
      .option('--open', 'only unsettled runs, whatever their age')
      .option('--state <states>', `only these states, separated by commas: ${RUN_STATES.join(', ')}`, parseStates)
      .option(
        '--since <duration>',
        'open runs, and those changed within this time, such as 30s, 5m, 6h, 7d (default: 24h)',
        parseDuration,
      )
      .option('--limit <n>', 'maximum number of runs to list', parseCount, DEFAULT_LIMIT),
  work: async ({ terminal, place }, { open, state, since = DEFAULT_SINCE_MS, limit }, [given]) => {
    const selection = selectJobs(given);
    const { job, matches } = selection;
    const here = await place();
    const ledger = await here.openLedger();
    if (job !== undefined) await noteUnknownJob(job, here, terminal);
    const all = open ? await listOpenOnly(ledger, job) : await listRuns(ledger, { job, since: ledger.now() - since });
    await checkPattern(selection, here, all);
    const listed = all.filter((entry) => matches(entry.job));
    const failed = new Set<string>();
    const { runs: found, left } = await readRuns(ledger, listed, {
      isWanted: ({ view }) => state === undefined || state.includes(view.state),
      limit,
      onProgress: (read) => terminal.progress(`reading runs: ${read} of ${listed.length}`),
      onTrouble: (entry, error) => {
        failed.add(`${entry.job}/${entry.run}`);
        const advice = error.temporary ? 'try again' : adviceOnUnreadable();
        noteError(terminal, entry, `${error.message}; ${advice}`);
      },
    });
    const unreadable = await listUnreadable(ledger, MAX_UNREADABLE, job, matches);
    for (const record of unreadable) {
      if (!failed.has(`${record.job}/${record.run}`))
        noteError(terminal, record, `${record.why}; ${adviceOnUnreadable(record)}`);
    }
    const current = await inParallel(found, MAX_PARALLEL, async (one) => {
      const reason = await turnNow(ledger, one.records);
      return reason ? { ...one, view: { ...one.view, reason } } : one;
    });
    const sorted = current.sort((a, b) => b.changedAt - a.changedAt);
    if (left > 0) terminal.note(`${left} more not read; raise --limit ${limit}`);
    const openSets =
      state === undefined
        ? await viewOpenSets({ job, isWanted: matches, limit }, await setDeps(here, ledger, terminal))
        : NO_SETS;
    const { sets, left: setsLeft } = openSets;
    if (sorted.length === 0) terminal.note(sets.length === 0 ? 'no runs and no open sets' : 'no runs');
    if (setsLeft > 0) terminal.note(`${setsLeft} more open sets not read; raise --limit ${limit}`);
    const pauses = (await readPauses(ledger, job, terminal)).filter((one) => one.job === undefined || matches(one.job));
    if (pauses.length > 0) terminal.note(['paused:', ...pauseLines(pauses)].join('\n'));
    const heartbeat = await readAndNoteHeartbeat(ledger, here, terminal);
    const limited = [...(await here.loadJobs()).jobs.jobs.values()].filter(({ name }) => matches(name));
    const waiting = found.flatMap(({ records }) => limitWaitedFor(records) ?? []);
    const { budgets, left: budgetsLeft } = await viewBudgets(ledger, limited, waiting);
    const limits = budgetLines(budgets);
    if (limits.length > 0) terminal.note(['limits:', ...limits].join('\n'));
    if (budgetsLeft > 0) terminal.note(`${counted(budgetsLeft, 'limit')} not read; name a job to see its limit`);
    if (ledger.origin) terminal.aside(`runs of ${originText(ledger.origin)}, unless stated otherwise`);
    const more = {
      ...(pauses.length === 0 ? {} : { pauses: pauses.map(pauseJson) }),
      ...(unreadable.length === 0 ? {} : { unreadable: unreadable.map(unreadableRow) }),
    };
    const json = {
      runs: sorted.map(rowOf),
      left,
      sets,
      sets_left: setsLeft,
      ...more,
      budgets,
      budgets_left: budgetsLeft,
    };
    terminal.result({ ...json, ...(heartbeat ? { heartbeat } : {}) }, () => [
      ...runsTable(sorted, ledger, terminal),
      ...setLines(sets, terminal),
      ...adviceLines(
        sorted.flatMap(({ view }) => neededAdvice(view) ?? []),
        terminal,
      ),
    ]);
    const isSetUnreadable = sets.some((view) => view.state === 'unreadable');
    return failed.size === 0 && unreadable.length === 0 && !isSetUnreadable ? EXIT.done : EXIT.failed;
  },
});

/** @throws {UsageError} for a pattern that matches neither a job of the file nor one that has listed runs */
async function checkPattern(selection: JobSelection, here: Place, listed: readonly ListedRun[]): Promise<void> {
  if (selection.pattern === undefined) return;
  const { jobs } = (await here.loadJobs()).jobs;
  matchedJobs(selection, [...jobs.keys(), ...listed.map(({ job }) => job)], 'runs list');
}

function noteError(
  terminal: Terminal,
  { job, run }: { readonly job: string; readonly run: string },
  what: string,
): void {
  terminal.note(`${terminal.paint('bad', 'error')} job ${job}, run ${run}: ${what}`);
}

/** A record that `reconcile` could not read, whether or not its run is open or recent. */
function unreadableRow({ job, run, since, why, object }: UnreadableRecord): unknown {
  const source = object && `obs://${object.bucket}/${object.key}`;
  return { job, run, since: new Date(since).toISOString(), why, source };
}

/** Parses an option's duration. Returns milliseconds. */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined)
    throw new InvalidArgumentError('Must be a number followed by s, m, h or d, such as 30s, 5m, 6h, 7d.');
  return ms;
}

/** Parses the number of rows of an option. */
export function parseCount(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Must be a number from 1 to 999999.');
}

function parseStates(text: string): RunViewState[] {
  return text.split(',').map((given) => {
    const state = RUN_STATES.find((one) => one === given.trim());
    if (!state) throw new InvalidArgumentError(`Must be one of ${RUN_STATES.join(', ')}.`);
    return state;
  });
}

function rowOf({ view, source, origin, changedAt }: ReadRun): unknown {
  const { job, run, state, ...rest } = view;
  const advice = neededAdvice(view);
  const changed = new Date(changedAt).toISOString();
  return { job, run, state, changed_at: changed, source, origin, ...rest, ...(advice ? { advice } : {}) };
}

const NEEDS_PERSON = new Set<RunViewState>(['parked', 'stuck', 'failed', 'rejected']);

/** What to do about a run that does not continue by itself; `undefined` for the others, and for those that were replayed. */
function neededAdvice({ state, reason, replayed_as: replays }: ReadRun['view']): Advice | undefined {
  const isNeeded = NEEDS_PERSON.has(state) || (state === 'waiting' && reason !== undefined && needsOperator(reason));
  return isNeeded && reason && !replays ? adviceFor(reason) : undefined;
}

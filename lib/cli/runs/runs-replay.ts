import { AppError } from '../../kernel/errors.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { readHeartbeat } from '../../runs/ledger/heartbeat.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { readRunRecords } from '../../runs/ledger/run-log.ts';
import { foldRun } from '../../runs/ledger/run-state.ts';
import { listRuns, type ReadRun, readRuns } from '../../runs/operate/list-runs.ts';
import { type Attempt, planReplay, type ReplayDeps, replayRun } from '../../runs/operate/replay-run.ts';
import { reasonOf } from '../../runs/report/run-result.ts';
import { type CommonOptions, command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type Change, confirmChange } from './change.ts';
import { findRun, type LeftRun, type RunId } from './find-run.ts';
import { placeFlags } from './place-flags.ts';
import { reasonText } from './run-format.ts';
import { parseDuration } from './runs-list.ts';
import { type JobSelection, matchedJobs, PATTERN_HELP, selectJobs } from './select-jobs.ts';

interface ReplayOptions extends CommonOptions {
  readonly rejected?: boolean;
  readonly since?: number;
  readonly evenSucceeded?: boolean;
}

const DEFAULT_SINCE_MS = 24 * 60 * 60_000;
/** Runs that a person or a caller ended on purpose are not replayed in bulk. */
const ON_PURPOSE = new Set(['given_up', 'cancelled']);

/** `runs replay <job> <run>` and `runs replay [job] --rejected`. */
export const addRunsReplay = command<ReplayOptions>('replay [job] [run]', {
  summary: 'make another attempt, as a new run with the current jobs file',
  about: [
    'Starts from the trigger of a run that is settled and did not succeed. The new run is recorded in the ledger, linked to the old one, and reconcile',
    'processes it at its next tick, subject to the usual limits, pauses and order. Cloud keys are needed only for the ledger and for sets, whose',
    'files are listed again, including those that landed too late. Repeating the command records nothing until the new run is settled.',
    'With --rejected: every recently rejected run, unless a person or a caller ended it, or it was already replayed. It asks once, with their list.',
    PATTERN_HELP,
    'Exit code 1: some of several runs could not be replayed. 3: the named run could not be replayed.',
  ].join('\n'),
  examples: [
    'npx migrations runs replay restore-staging 0123456789ab',
    'npx migrations runs replay restore-staging --rejected --since 2h --dry-run',
    "npx migrations runs replay 'restore-*' --rejected --since 2h",
    'npx migrations runs replay --rejected --since 2h --yes',
  ],
  hasPlace: true,
  add: (command) =>
    command
      .option('--rejected', 'all rejected runs')
      .option('--since <duration>', 'with --rejected: rejected within this time (default: 24h)', parseDuration)
      .option('--even-succeeded', 'also a run that succeeded, or whose task may still exist')
      .option('--dry-run', 'show what would be recorded, and record nothing')
      .option('--yes', 'do not ask'),
  work: async ({ terminal, place }, options, [job, given]) => {
    const selection = selectJobs(job);
    checkArguments(options, selection, given);
    const here = await place();
    const flags = placeFlags(options);
    const ledger = await here.openLedger();
    const { jobs } = await here.loadJobs();
    const services = { obs: async () => (await here.openServices()).obs() };
    const deps: ReplayDeps = { ledger, jobs, evenSucceeded: options.evenSucceeded === true, services };
    const one = job !== undefined && given !== undefined ? { job, run: await findRun(ledger, job, given) } : undefined;
    if (one && !options.dryRun) return confirmChange(await replayChange(deps, { ...one, flags }), terminal, options);
    const names = one
      ? [one]
      : await findRejected({ ledger, jobs }, selection, options.since ?? DEFAULT_SINCE_MS, terminal);
    const planned = await each(names, (name) => planReplay(name, deps), one !== undefined);
    for (const refused of planned.refused) terminal.note(refusedLine(refused, terminal));
    if (planned.done.length === 0 && planned.refused.length === 0) terminal.note('no runs to replay');
    if (options.dryRun) {
      terminal.result(jsonOf(planned, true), () =>
        planned.done.map((attempt) => describe(attempt, 'would be recorded')),
      );
      return planned.refused.length === 0 ? EXIT.done : EXIT.failed;
    }
    const fresh = planned.done.filter(({ isThere }) => !isThere);
    for (const attempt of fresh) terminal.note(describe(attempt, 'will be recorded'));
    const question = `Replay ${fresh.length === 1 ? 'this run' : `these ${fresh.length} runs`}?`;
    if (fresh.length > 0 && !(await terminal.confirm(question, options))) return EXIT.usage;
    const replayed = await each(planned.done, ({ job: ofJob, of }) => replayRun({ job: ofJob, run: of }, deps), false);
    for (const refused of replayed.refused) terminal.note(refusedLine(refused, terminal));
    const all = { done: replayed.done, refused: [...planned.refused, ...replayed.refused] };
    for (const note of await nextStep(all.done, ledger, flags)) terminal.note(note);
    terminal.result(jsonOf(all, false), () => all.done.map((attempt) => describe(attempt, 'recorded')));
    return all.refused.length === 0 ? EXIT.done : EXIT.failed;
  },
});

/** @throws as `planReplay` */
export async function replayChange(
  deps: ReplayDeps,
  { flags, ...name }: RunId & { readonly flags: string },
): Promise<Change> {
  const planned = await planReplay(name, deps);
  return {
    question: 'Replay this run?',
    notes: planned.isThere ? [] : [describe(planned, 'will be recorded')],
    isKnown: planned.isThere,
    perform: async () => {
      const done = [await replayRun({ job: planned.job, run: planned.of }, deps)];
      const notes = await nextStep(done, deps.ledger, flags);
      const lines = done.map((attempt) => describe(attempt, 'recorded'));
      return { code: EXIT.done, value: jsonOf({ done, refused: [] }, false), lines, notes };
    },
  };
}

function checkArguments({ rejected, since }: ReplayOptions, { pattern }: JobSelection, run: string | undefined): void {
  if (pattern !== undefined && !rejected) throw new UsageError('runs replay: a pattern of job names needs --rejected');
  if (rejected && run !== undefined) throw new UsageError('runs replay: give a run or --rejected, not both');
  if (!rejected && (run === undefined || since !== undefined)) {
    throw new UsageError('runs replay: give <job> <run>, or --rejected [--since <duration>] for many');
  }
}

/** The runs rejected since then, oldest first, except those already replayed. */
async function findRejected(
  { ledger, jobs }: Pick<ReplayDeps, 'ledger' | 'jobs'>,
  selection: JobSelection,
  sinceMs: number,
  terminal: Terminal,
): Promise<RunId[]> {
  const since = ledger.now() - sinceMs;
  const all = await listRuns(ledger, { job: selection.job, since });
  matchedJobs(selection, [...jobs.jobs.keys(), ...all.map(({ job }) => job)], 'runs replay');
  const listed = all.filter(({ job }) => selection.matches(job));
  const { runs } = await readRuns(ledger, listed, {
    isWanted: (run) => isRejectedSince(run, since),
    limit: Number.POSITIVE_INFINITY,
    onProgress: (read) => terminal.progress(`reading runs: ${read} of ${listed.length}`),
    onTrouble: (entry, error) => terminal.note(`job ${entry.job}, run ${entry.run}: ${error.message}`),
  });
  const names: RunId[] = [];
  for (const { view } of runs.toReversed())
    if (await isLatestAttempt(ledger, view)) names.push({ job: view.job, run: view.run });
  return names;
}

function isRejectedSince({ view, records }: ReadRun, since: number): boolean {
  const { end, settled } = foldRun(records);
  const at = records.findLast(({ type }) => type === 'rejected')?.at ?? 0;
  return end === 'rejected' && settled === true && at >= since && !ON_PURPOSE.has(view.reason?.code ?? '');
}

/** False if it was replayed. A half-recorded replay does not count: it is completed. */
async function isLatestAttempt(
  ledger: Ledger,
  { job, run, replay_of: of, replayed_as: as }: ReadRun['view'],
): Promise<boolean> {
  const root = of === undefined ? as : foldRun(await readRunRecords(ledger, job, of)).replays?.map((one) => one.run);
  const last = root?.at(-1);
  if (last === undefined || last === run) return true;
  return of === undefined && foldRun(await readRunRecords(ledger, job, last)).received === undefined;
}

async function each<T extends RunId>(
  names: readonly T[],
  work: (name: T) => Promise<Attempt>,
  isOne: boolean,
): Promise<{ readonly done: readonly Attempt[]; readonly refused: readonly LeftRun[] }> {
  const done: Attempt[] = [];
  const refused: LeftRun[] = [];
  for (const name of names) {
    try {
      done.push(await work(name));
    } catch (error) {
      if (isOne || !(error instanceof AppError)) throw error;
      refused.push({ job: name.job, run: name.run, reason: reasonOf(error) });
    }
  }
  return { done, refused };
}

function describe({ job, run, of, number, source, isThere }: Attempt, verb: string): string {
  const what = `job ${job}, run ${of}`;
  if (isThere) return `${what} was already replayed as run ${run}, which is not settled`;
  return `${verb}: replay ${number} of ${what}, as run ${run} (${plainText(source)})`;
}

function refusedLine({ job, run, reason }: LeftRun, terminal: Terminal): string {
  return `${terminal.paint('bad', 'not replayed')} job ${job}, run ${run}: ${reasonText(reason)}`;
}

async function nextStep([first]: readonly Attempt[], ledger: Ledger, flags: string): Promise<string[]> {
  if (!first) return [];
  const { message: missed } = await readHeartbeat(ledger);
  const watch = `npx migrations runs watch ${first.job} ${first.run}${flags}`;
  return [...(missed ? [missed] : []), `reconcile processes it at its next tick; to follow it: ${watch}`];
}

function jsonOf({ done, refused }: Awaited<ReturnType<typeof each>>, isDry: boolean): unknown {
  return {
    dry_run: isDry,
    replays: done.map(({ job, run, of, number, source, isThere }) => ({
      job,
      run,
      replay_of: of,
      number,
      source,
      outcome: isThere ? 'existing' : 'recorded',
    })),
    refused,
  };
}

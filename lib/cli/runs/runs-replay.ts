import { RunError } from '../../kernel/errors.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { missedHeartbeat } from '../../runs/ledger/heartbeat.ts';
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
import { checkJobName, findRun, type LeftRun, type RunId } from './find-run.ts';
import { reasonText } from './run-words.ts';
import { parseDuration } from './runs-list.ts';

interface ReplayOptions extends CommonOptions {
  readonly rejected?: boolean;
  readonly since?: number;
  readonly evenSucceeded?: boolean;
}

const DEFAULT_SINCE_MS = 24 * 60 * 60_000;
/** What a person or a caller ended on purpose is not replayed in bulk. */
const ON_PURPOSE = new Set(['given_up', 'cancelled']);

/** `runs replay <job> <run>` and `runs replay [job] --rejected`. */
export const addRunsReplay = command<ReplayOptions>('replay [job] [run]', {
  summary: 'make another attempt, as a new run from the present jobs file',
  about: [
    'For the trigger of a run that is settled and did not succeed. The new run is recorded in the ledger, linked to the old one, and',
    'reconcile carries it out at its next tick, under the limits, pauses and order that hold for every run. Needs no key of the cloud',
    'but for the ledger, and for a set, whose files are listed again: those that came too late are among them. The same again, by whomever, records nothing while the new run is not settled.',
    'With --rejected: every run that was refused lately, unless a person or a caller ended it, or it was replayed already.',
    'Exits with 1 when some of several could not be replayed, with 3 when the one that was named could not.',
  ].join('\n'),
  examples: [
    'npx migrations runs replay restore-staging 0123456789ab',
    'npx migrations runs replay restore-staging --rejected --since 2h --dry-run',
    'npx migrations runs replay --rejected --since 2h --yes',
  ],
  hasPlace: true,
  add: (command) =>
    command
      .option('--rejected', 'all runs that were refused')
      .option('--since <duration>', 'with --rejected: refused in this time (default: 24h)', parseDuration)
      .option('--even-succeeded', 'also a run that succeeded, or whose task may still be there')
      .option('--dry-run', 'say what would be recorded, and record nothing')
      .option('--yes', 'do not ask'),
  work: async ({ terminal, place }, options, [job, given]) => {
    checkWords(options, job, given);
    const here = await place();
    const ledger = await here.openLedger();
    const { jobs } = await here.loadJobs();
    const services = { obs: async () => (await here.openServices()).obs() };
    const deps: ReplayDeps = { ledger, jobs, evenSucceeded: options.evenSucceeded === true, services };
    const isOne = job !== undefined && given !== undefined;
    const names = isOne
      ? [{ job, run: await findRun(ledger, job, given) }]
      : await findRejected(ledger, job, options.since ?? DEFAULT_SINCE_MS, terminal);
    const planned = await each(names, (name) => planReplay(name, deps), isOne);
    for (const refused of planned.refused) terminal.note(sayRefused(refused, terminal));
    if (planned.done.length === 0 && planned.refused.length === 0) terminal.note('there is none to replay');
    if (options.dryRun) {
      terminal.result(jsonOf(planned, true), () =>
        planned.done.map((attempt) => describe(attempt, 'would be recorded')),
      );
      return planned.refused.length === 0 ? EXIT.done : EXIT.failed;
    }
    const fresh = planned.done.filter(({ isThere }) => !isThere);
    for (const attempt of fresh) terminal.note(describe(attempt, 'to be recorded'));
    const question = `Replay ${fresh.length === 1 ? 'this run' : `these ${fresh.length} runs`}?`;
    if (fresh.length > 0 && !(await terminal.confirm(question, options))) return EXIT.usage;
    const replayed = await each(planned.done, ({ job: ofJob, of }) => replayRun({ job: ofJob, run: of }, deps), isOne);
    for (const refused of replayed.refused) terminal.note(sayRefused(refused, terminal));
    const all = { done: replayed.done, refused: [...planned.refused, ...replayed.refused] };
    await sayNext(all.done, ledger, terminal);
    terminal.result(jsonOf(all, false), () => all.done.map((attempt) => describe(attempt, 'recorded')));
    return all.refused.length === 0 ? EXIT.done : EXIT.failed;
  },
});

function checkWords({ rejected, since }: ReplayOptions, job: string | undefined, run: string | undefined): void {
  if (job !== undefined) checkJobName(job);
  if (rejected && run !== undefined) throw new UsageError('runs replay: give a run, or --rejected, not both');
  if (!rejected && (run === undefined || since !== undefined)) {
    throw new UsageError('runs replay: give <job> <run>, or --rejected [--since <duration>] for many');
  }
}

/** The runs that were refused since, oldest first, as long as nobody replayed them. */
async function findRejected(
  ledger: Ledger,
  job: string | undefined,
  sinceMs: number,
  terminal: Terminal,
): Promise<RunId[]> {
  const since = ledger.now() - sinceMs;
  const listed = await listRuns(ledger, { job, since });
  const { runs } = await readRuns(ledger, listed, {
    isWanted: (run) => isRefusedSince(run, since),
    limit: Number.POSITIVE_INFINITY,
    onProgress: (read) => terminal.progress(`reading runs: ${read} of ${listed.length}`),
    onTrouble: (entry, error) => terminal.note(`job ${entry.job}, run ${entry.run}: ${error.message}`),
  });
  const names: RunId[] = [];
  for (const { view } of runs.toReversed())
    if (await isLast(ledger, view)) names.push({ job: view.job, run: view.run });
  return names;
}

function isRefusedSince({ view, records }: ReadRun, since: number): boolean {
  const { end, settled } = foldRun(records);
  const at = records.findLast(({ type }) => type === 'rejected')?.at ?? 0;
  return end === 'rejected' && settled === true && at >= since && !ON_PURPOSE.has(view.reason?.code ?? '');
}

/** Was it not replayed? A replay that was recorded by halves does not count: it is completed. */
async function isLast(ledger: Ledger, { job, run, replay_of: of, replayed_as: as }: ReadRun['view']): Promise<boolean> {
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
      if (isOne || !(error instanceof RunError || error instanceof LedgerError)) throw error;
      refused.push({ job: name.job, run: name.run, reason: reasonOf(error) });
    }
  }
  return { done, refused };
}

function describe({ job, run, of, number, source, isThere }: Attempt, said: string): string {
  const what = `job ${job}, run ${of}`;
  if (isThere) return `${what} was replayed before, as run ${run}, and that is not settled`;
  return `${said}: replay ${number} of ${what}, as run ${run} (${plainText(source)})`;
}

function sayRefused({ job, run, reason }: LeftRun, terminal: Terminal): string {
  return `${terminal.paint('bad', 'not replayed')} job ${job}, run ${run}: ${reasonText(reason)}`;
}

async function sayNext([first]: readonly Attempt[], ledger: Ledger, terminal: Terminal): Promise<void> {
  if (!first) return;
  const missed = await missedHeartbeat(ledger);
  if (missed) terminal.note(missed);
  terminal.note(`reconcile goes on with it; to see how: npx migrations runs watch ${first.job} ${first.run}`);
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

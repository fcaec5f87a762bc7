import { setTimeout as wait } from 'node:timers/promises';
import { LedgerError } from '../../ports/ledger-error.ts';
import { makeTaskSnapshot } from '../../runs/follow/task-snapshot.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { readRunRecords } from '../../runs/ledger/run-log.ts';
import { foldRun } from '../../runs/ledger/run-state.ts';
import { type ListedRun, listRuns } from '../../runs/operate/list-runs.ts';
import { type ReadDeps, viewRunNow } from '../../runs/report/read-run.ts';
import { type RunView, viewRun } from '../../runs/report/run-view.ts';
import { command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { checkJobName, findRun } from './find-run.ts';
import { liveServices } from './live-services.ts';
import { noteUnknownJob } from './note-unknown-job.ts';
import { reasonText, timeText, toneOf } from './run-format.ts';
import { parseDuration } from './runs-list.ts';

interface Watched {
  readonly ledger: Ledger;
  readonly live: Omit<ReadDeps, 'ledger'> | undefined;
  readonly terminal: Terminal;
  readonly everyMs: number;
}

const DEFAULT_EVERY_MS = 2_000;
/** The wait between reads of many runs is at least this multiple of the time that the read took. */
const IDLE_FACTOR = 4;
/** Covers clock skew, and writes during a listing. */
const OVERLAP_MS = 60_000;
const MAX_PARALLEL_READS = 8;
const UNSUCCESSFUL = new Set<RunView['state']>(['failed', 'rejected', 'superseded', 'forgotten', 'parked']);

/** `runs watch [job [run]]`. */
export const addRunsWatch = command<{ readonly every?: number }>('watch [job] [run]', {
  summary: 'print changes of runs as they happen',
  about: [
    'One run is watched until it is over. Exit code 0: it succeeded, or is no longer followed. 1: it failed, was rejected or forgotten, or waits',
    'for a person. A job, or all jobs, are watched until Ctrl-C. The progress of tasks is read from the cloud if there are keys.',
    'With --json each change is one line.',
  ].join('\n'),
  examples: ['npx migrations runs watch restore-staging 0123456789ab', 'npx migrations runs watch --every 10s --json'],
  hasPlace: true,
  add: (command) => command.option('--every <duration>', 'the polling interval (default: 2s)', parseDuration),
  work: async ({ terminal, place }, { every = DEFAULT_EVERY_MS }, [job, given]) => {
    if (job !== undefined) checkJobName(job);
    const here = await place();
    const ledger = await here.openLedger();
    if (job !== undefined) await noteUnknownJob(job, here, terminal);
    const live = await liveServices(here, terminal);
    if (!live) terminal.note('keys or HUAWEICLOUD_PROJECT_ID are not set, so only the ledger is read, not the cloud');
    const watched = { ledger, live, terminal, everyMs: every };
    if (job === undefined || given === undefined) return watchAll(watched, job);
    return watchOne(watched, { job, run: await findRun(ledger, job, given) });
  },
});

async function watchOne(watched: Watched, name: Pick<ListedRun, 'job' | 'run'>): Promise<ExitCode> {
  const seen = new Map<string, string>();
  for (;;) {
    const end = await ignoringTemporary(watched, async () => {
      const { view, settled } = await read(watched, name, snapshotOf(watched));
      if (!view) return undefined;
      printIfChanged(view, seen, watched);
      if (view.state === 'succeeded') return EXIT.done;
      if (UNSUCCESSFUL.has(view.state)) return EXIT.failed;
      if (!settled || watched.live) return undefined;
      watched.terminal.note('its task exists, and is no longer followed');
      return EXIT.done;
    });
    if (end !== undefined) return end;
    await wait(watched.everyMs);
  }
}

async function watchAll(watched: Watched, job: string | undefined): Promise<ExitCode> {
  const { ledger, everyMs } = watched;
  const seen = new Map<string, string>();
  for (let since = ledger.now(); ; ) {
    const begin = ledger.now();
    await ignoringTemporary(watched, async () => {
      const listed = await listRuns(ledger, { job, since });
      const snapshot = snapshotOf(watched);
      for (let at = 0; at < listed.length; at += MAX_PARALLEL_READS) {
        const step = listed.slice(at, at + MAX_PARALLEL_READS);
        const views = await Promise.all(step.map((name) => read(watched, name, snapshot)));
        for (const { view } of views) if (view) printIfChanged(view, seen, watched);
      }
      since = begin - OVERLAP_MS;
    });
    await wait(Math.max(everyMs, (ledger.now() - begin) * IDLE_FACTOR));
  }
}

function snapshotOf({ live, ledger }: Watched): ReturnType<typeof makeTaskSnapshot> | undefined {
  return live && makeTaskSnapshot(live.services, live.log, ledger.now);
}

async function read(
  { ledger, live }: Watched,
  { job, run }: Pick<ListedRun, 'job' | 'run'>,
  snapshot: ReturnType<typeof snapshotOf>,
): Promise<{ readonly view: RunView | undefined; readonly settled: boolean }> {
  const records = await readRunRecords(ledger, job, run);
  const view = live && snapshot ? await viewRunNow(records, { ...live, ledger }, snapshot) : viewRun(records);
  return { view, settled: foldRun(records).settled === true };
}

function printIfChanged(view: RunView, seen: Map<string, string>, { ledger, terminal }: Watched): void {
  const { job, run, state, task, progress, reason } = view;
  const news = { job, run, state, task, progress, reason };
  const text = JSON.stringify(news);
  if (seen.get(`${job}/${run}`) === text) return;
  seen.set(`${job}/${run}`, text);
  const at = new Date(ledger.now()).toISOString();
  terminal.item({ at, ...news }, () => {
    const figures = Object.entries(progress ?? {}).map(([name, value]) => `${name} ${value}`);
    const known = [task && `${task.name}${task.status ? ` ${task.status}` : ''}`, ...figures, reasonText(reason)];
    const about = known.filter((part) => part).join(', ');
    return `${timeText(at)}  ${job} ${run}  ${terminal.paint(toneOf(state), state)}  ${about}`.trimEnd();
  });
}

/** Keeps watching if the ledger is temporarily unreadable. Returns `undefined` then. */
async function ignoringTemporary<T>({ terminal }: Watched, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof LedgerError) || !error.temporary) throw error;
    terminal.note(`${error.message}; trying again`);
    return undefined;
  }
}

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
import { reasonText, timeText, toneOf } from './run-words.ts';
import { parseDuration } from './runs-list.ts';

interface Watched {
  readonly ledger: Ledger;
  readonly live: Omit<ReadDeps, 'ledger'> | undefined;
  readonly terminal: Terminal;
  readonly everyMs: number;
}

const DEFAULT_EVERY_MS = 2_000;
/** A look at many runs takes at most this share of the time. */
const LOOK_SHARE = 4;
/** Clocks differ, and a list may be written while it is looked at. */
const OVERLAP_MS = 60_000;
const READS_AT_ONCE = 8;
const LOST = new Set<RunView['state']>(['failed', 'rejected', 'superseded', 'forgotten', 'parked']);

/** `runs watch [job [run]]`. */
export const addRunsWatch = command<{ readonly every?: number }>('watch [job] [run]', {
  summary: 'print what changes, as it changes',
  about: [
    'Of one run until it is over: exits with 0 when it succeeded, or is not followed any more; with 1 when it failed, was refused or',
    'forgotten, or waits for a person. Of a job, or of all, until Ctrl-C. How far tasks are is asked of the cloud where there are keys.',
    'With --json each change is one line.',
  ].join('\n'),
  examples: ['npx migrations runs watch restore-staging 0123456789ab', 'npx migrations runs watch --every 10s --json'],
  hasPlace: true,
  add: (command) => command.option('--every <duration>', 'look so often (default: 2s)', parseDuration),
  work: async ({ terminal, place }, { every = DEFAULT_EVERY_MS }, [job, given]) => {
    if (job !== undefined) checkJobName(job);
    const here = await place();
    const ledger = await here.openLedger();
    if (job !== undefined) await noteUnknownJob(job, here, terminal);
    const live = await liveServices(here, terminal);
    if (!live)
      terminal.note(
        'the cloud is not asked, for want of keys or of HUAWEICLOUD_PROJECT_ID: what follows is what the ledger has',
      );
    const watched = { ledger, live, terminal, everyMs: every };
    if (job === undefined || given === undefined) return watchAll(watched, job);
    return watchOne(watched, { job, run: await findRun(ledger, job, given) });
  },
});

async function watchOne(watched: Watched, name: Pick<ListedRun, 'job' | 'run'>): Promise<ExitCode> {
  const seen = new Map<string, string>();
  for (;;) {
    const end = await unlessFailing(watched, async () => {
      const { view, settled } = await read(watched, name, snapshotOf(watched));
      if (!view) return undefined;
      sayIfNew(view, seen, watched);
      if (view.state === 'succeeded') return EXIT.done;
      if (LOST.has(view.state)) return EXIT.failed;
      if (!settled || watched.live) return undefined;
      watched.terminal.note('its task is there, and nobody follows it any more');
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
    await unlessFailing(watched, async () => {
      const listed = await listRuns(ledger, { job, since });
      const snapshot = snapshotOf(watched);
      for (let at = 0; at < listed.length; at += READS_AT_ONCE) {
        const step = listed.slice(at, at + READS_AT_ONCE);
        const views = await Promise.all(step.map((name) => read(watched, name, snapshot)));
        for (const { view } of views) if (view) sayIfNew(view, seen, watched);
      }
      since = begin - OVERLAP_MS;
    });
    await wait(Math.max(everyMs, (ledger.now() - begin) * LOOK_SHARE));
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

function sayIfNew(view: RunView, seen: Map<string, string>, { ledger, terminal }: Watched): void {
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

/** A ledger that can't be read for a moment is no reason to stop watching. */
async function unlessFailing<T>({ terminal }: Watched, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof LedgerError) || !error.temporary) throw error;
    terminal.note(`${error.message}; looking again`);
    return undefined;
  }
}

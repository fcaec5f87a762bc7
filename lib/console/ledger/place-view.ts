import type { Jobs } from '../../jobs/job.ts';
import { ConfigError, messageOf } from '../../kernel/errors.ts';
import { type Heartbeat, readHeartbeat } from '../../runs/ledger/heartbeat.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { listOpen, type OpenRun, openRunsIn } from '../../runs/ledger/open-runs.ts';
import { isEmptyUnder, listOpenWork, type OpenWork } from '../../runs/ledger/open-work.ts';
import { listPauses, type Pause } from '../../runs/ledger/pauses.ts';
import { OPEN_SETS } from '../../runs/ledger/set-log.ts';
import { listUnreadable, mayBeUnreadable } from '../../runs/ledger/unreadable-records.ts';
import { type BudgetView, viewBudgets } from '../../runs/operate/budgets.ts';
import { adviceOnUnreadable } from '../../runs/report/report.ts';
import { viewOpenSets } from '../../runs/sets/view-set.ts';
import type { PauseInfo, PlaceInfo, RunRow, SetRow, UnreadableInfo } from '../wire.ts';
import type { ConsolePlace, OpenPlace } from './console-place.ts';
import { RunRows } from './run-rows.ts';

/** Maximum number of sets and of unreadable records that a page shows; the command line shows the others. */
const MAX_SETS = 100;
const MAX_UNREADABLE = 100;
/** The minimum interval between reads of the limits that nothing waits for. */
const BUDGETS_MS = 60_000;
/** The minimum ratio of the pause to the duration of a scan that succeeded. */
const SCAN_PAUSE_FACTOR = 20;
/** The age of what is scanned more often than this is of no interest. */
const SHOWN_AGE_MS = 5_000;

/** What is known about the whole ledger, besides its runs. */
interface Known {
  /** When it was read, epoch ms. */
  readonly at: number;
  readonly heartbeat: Heartbeat;
  readonly pauses: readonly PauseInfo[];
  readonly budgets: Budgets;
  readonly unreadable: readonly UnreadableInfo[];
  readonly sets: readonly SetRow[];
}

interface Budgets {
  /** When they were read, epoch ms. */
  readonly at: number;
  readonly views: readonly BudgetView[];
}

/** Called with what has changed. */
export interface PlaceListener {
  onRows(rows: readonly RunRow[]): void;
  /** The names, `job/run`, of runs that are no longer shown. */
  onGone(names: readonly string[]): void;
  /** Something else has: `info` or `sets`. */
  onChange(): void;
}

/** An open place, and the rows of its runs. */
interface Opened extends OpenPlace {
  readonly runs: RunRows;
  /** As they were when the place was opened. */
  readonly jobs: Jobs['jobs'];
}

/** What pages show of the ledger of one place. If it can't be read, what was read before stays, with the reason. */
export class PlaceView {
  readonly place: ConsolePlace;
  readonly #listener: PlaceListener;
  #opened: Opened | undefined;
  #known: Known | undefined;
  #trouble: string | undefined;
  #nextScan = 0;
  /** Whether to scan at the next refresh, even if one that began earlier is not over. */
  #isWanted = false;
  #sent = '';

  constructor(place: ConsolePlace, listener: PlaceListener) {
    this.place = place;
    this.#listener = listener;
  }

  /** Newest first. */
  rows(): readonly RunRow[] {
    return this.#opened?.runs.rows() ?? [];
  }

  sets(): readonly SetRow[] {
    return this.#known?.sets ?? [];
  }

  info(): PlaceInfo {
    const { name, pace } = this.place;
    const { at, heartbeat, pauses = [], budgets, unreadable = [] } = this.#known ?? {};
    const isListed = new Set(unreadable.map(({ job, run }) => `${job}/${run}`));
    const unread = (this.#opened?.runs.unread() ?? []).filter(({ job, run }) => !isListed.has(`${job}/${run}`));
    return {
      name,
      ...(this.#opened ? { ledger: this.#opened.where } : {}),
      ...(this.#opened?.ledger.origin ? { origin: this.#opened.ledger.origin } : {}),
      jobs: [...(this.#opened?.jobs.keys() ?? [])],
      ...(at === undefined || pace.scanMs < SHOWN_AGE_MS ? {} : { read_at: new Date(at).toISOString() }),
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
      ...(heartbeat ? { heartbeat } : {}),
      allows_changes: this.#opened?.prepareChange !== undefined,
      pauses,
      budgets: budgets?.views ?? [],
      unreadable: [...unreadable, ...unread.map((one) => ({ ...one, advice: adviceOnUnreadable() }))],
      runs_left: this.#opened?.runs.left ?? 0,
    };
  }

  /** @throws {AppError} if it can't be opened */
  async open(): Promise<Opened> {
    if (this.#opened) return this.#opened;
    const { name, pace, taskUpdate = () => undefined, open } = this.place;
    const opened = await open();
    const { jobs } = await opened.loadJobs();
    const { onRows, onGone } = this.#listener;
    const runs = new RunRows({ place: name, ledger: opened.ledger, taskUpdate, onRows, onGone, ...pace });
    this.#opened ??= { ...opened, jobs, runs };
    return this.#opened;
  }

  /** The runs that were read so far; `undefined` until the place is open. */
  get runs(): RunRows | undefined {
    return this.#opened?.runs;
  }

  /** Something was changed. */
  refreshSoon(): void {
    this.#isWanted = true;
  }

  /** Shows more runs with the next refresh. */
  more(): void {
    this.#opened?.runs.keepMore(this.place.pace.keep);
    this.refreshSoon();
  }

  /** Reads what may have changed. One at a time. Never throws. */
  async refresh(): Promise<void> {
    const isDue = this.#isWanted || Date.now() >= this.#nextScan;
    this.#isWanted = false;
    try {
      if (isDue) await this.#scan(await this.open());
      await this.#opened?.runs.read();
      if (isDue) this.#trouble = undefined;
    } catch (error) {
      const trouble = messageOf(error);
      if (trouble !== this.#trouble) this.place.onTrouble?.(trouble);
      this.#trouble = trouble;
      // However long it took to fail: what is shown is old, and should not stay so.
      if (isDue) this.#nextScan = Date.now() + this.place.pace.scanMs;
    }
    const now = JSON.stringify([this.info(), this.sets()]);
    if (now !== this.#sent) this.#listener.onChange();
    this.#sent = now;
  }

  /** Lists the names in the ledger, and reads what applies to all of it. */
  async #scan({ ledger, runs, jobs, loadJobs }: Opened): Promise<void> {
    const begin = Date.now();
    const work = await listOpenWork(ledger);
    const open = work.isAll ? openRunsIn(work.entries) : await listOpen(ledger);
    if (!this.#known) await this.#readFirst(open, runs);
    await runs.scan(new Set(open.map(({ job, run }) => `${job}/${run}`)));
    await runs.read();
    this.#known = {
      at: Date.now(),
      // Pauses first: the heartbeat was read with them.
      pauses: (await listPauses(ledger)).map(pauseInfo),
      heartbeat: await readHeartbeat(ledger),
      budgets: await this.#readBudgets(ledger, runs, jobs),
      unreadable: await unreadableInfos(ledger, work),
      sets: isEmptyUnder(work, OPEN_SETS) ? [] : await this.#readSets(ledger, loadJobs),
    };
    const took = Date.now() - begin;
    this.#nextScan = Date.now() + Math.max(this.place.pace.scanMs, took * SCAN_PAUSE_FACTOR);
  }

  /** Before the names of all runs are listed, which takes long in a large ledger: the open runs. */
  async #readFirst(open: readonly OpenRun[], runs: RunRows): Promise<void> {
    const newest = [...open].sort((a, b) => b.at - a.at).slice(0, this.place.pace.keep);
    for (const { job, run } of newest) runs.touch(job, run);
    await runs.read();
  }

  /** One request for each limit, so not at every scan, except for those that runs wait for. */
  async #readBudgets(ledger: Ledger, runs: RunRows, jobs: Jobs['jobs']): Promise<Budgets> {
    const before = this.#known?.budgets;
    const now = Date.now();
    const isOld = before === undefined || now - before.at >= BUDGETS_MS;
    const waiting = runs.limitsWaitedFor();
    if (!isOld && waiting.length === 0) return before;
    const { budgets } = await viewBudgets(ledger, isOld ? jobs.values() : [], waiting);
    if (isOld) return { at: now, views: budgets };
    const isFresh = (one: BudgetView) => budgets.some(({ job }) => job === one.job);
    return { at: before.at, views: [...budgets, ...before.views.filter((one) => !isFresh(one))] };
  }

  async #readSets(ledger: Ledger, loadJobs: Opened['loadJobs']): Promise<readonly SetRow[]> {
    const { name, look } = this.place;
    try {
      const { sets } = await viewOpenSets({ limit: MAX_SETS }, { ledger, look, jobs: await loadJobs() });
      return sets.map((view) => ({ place: name, ...view }));
    } catch (error) {
      // The file may be in the middle of being edited.
      if (error instanceof ConfigError) return this.sets();
      throw error;
    }
  }
}

function pauseInfo({ since, ...pause }: Pause): PauseInfo {
  return { ...pause, since: new Date(since).toISOString() };
}

async function unreadableInfos(ledger: Ledger, work: OpenWork): Promise<UnreadableInfo[]> {
  if (!mayBeUnreadable(ledger, work)) return [];
  return (await listUnreadable(ledger, MAX_UNREADABLE)).map((record) => ({
    job: record.job,
    run: record.run,
    why: record.why,
    ...(record.since > 0 ? { since: new Date(record.since).toISOString() } : {}),
    advice: adviceOnUnreadable(record),
  }));
}

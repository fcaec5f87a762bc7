import type { Trigger } from '../../events/trigger.ts';
import { AppendLog, type LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';

/** A run that wants its turn. */
export interface LaneEntry {
  readonly job: string;
  readonly run: string;
  /** ms since 1970. */
  readonly order: number;
  readonly trigger: Trigger['kind'];
  readonly object?: string;
}

type LaneRecord = LogRecord &
  (
    | ({ readonly type: 'enter' } & LaneEntry)
    /** From here this run, and no other, may create. */
    | { readonly type: 'hold'; readonly run: string }
    | { readonly type: 'leave'; readonly run: string }
    /** The list is full: the next one goes on from a snapshot. */
    | { readonly type: 'rolled' }
    | {
        readonly type: 'snapshot';
        readonly entries: readonly LaneEntry[];
        readonly holder?: string;
        readonly landed: Landed;
      }
  );

/** The newest version of each object that had its turn. */
type Landed = Readonly<Record<string, number>>;

export interface LaneState {
  /** Those who have not left, first in order first. */
  readonly entries: readonly LaneEntry[];
  readonly holder?: string;
  readonly landed: Landed;
}

/** A list takes 10,000 appends (AppendObject), and is read whole at each turn. */
const ROLL_AT = 400;
/** Of objects that are remembered across a roll; older ones are forgotten first. */
const MOST_LANDED = 1_000;
const FIRST_SEGMENT = 1;
const SEGMENTS_PAGE = 1_000;

const EMPTY: LaneState = { entries: [], landed: {} };

function fold(records: readonly LaneRecord[]): LaneState {
  return records.reduce(applyRecord, EMPTY);
}

function applyRecord(state: LaneState, record: LaneRecord): LaneState {
  const { holder, ...free } = state;
  switch (record.type) {
    case 'snapshot': {
      const { entries, landed } = record;
      return { entries, landed, ...(record.holder === undefined ? {} : { holder: record.holder }) };
    }
    case 'enter':
      return { ...state, entries: [...state.entries, plainEntry(record)].sort(inOrder) };
    case 'hold': {
      const object = state.entries.find(({ run }) => run === record.run);
      const landed = object?.object === undefined ? {} : { [object.object]: object.order };
      return { ...state, holder: record.run, landed: { ...state.landed, ...landed } };
    }
    case 'leave': {
      const entries = state.entries.filter(({ run }) => run !== record.run);
      return { ...(holder === record.run ? free : state), entries };
    }
    case 'rolled':
      return state;
  }
}

function plainEntry({ job, run, order, trigger, object }: LaneEntry): LaneEntry {
  return { job, run, order, trigger, ...(object === undefined ? {} : { object }) };
}

function inOrder(a: LaneEntry, b: LaneEntry): number {
  return a.order - b.order || (a.run < b.run ? -1 : 1);
}

/**
 * The queue of one target: runs enter, one of them at a time holds it and may create, and leaves when its task is over.
 *
 * Every change is a compare-and-swap, so that two never hold it. Who holds it and died is no question for the lane: that run is open, and
 * `reconcile` takes it up and brings it to its end.
 */
export class TargetLane {
  readonly #ledger: Ledger;
  readonly #prefix: string;
  #segment: number;
  #log: AppendLog<LaneRecord>;

  private constructor(ledger: Ledger, prefix: string, number: number, log: AppendLog<LaneRecord>) {
    this.#ledger = ledger;
    this.#prefix = prefix;
    this.#segment = number;
    this.#log = log;
  }

  static async open(ledger: Ledger, target: string): Promise<TargetLane> {
    const prefix = `lanes/target/${segment(target)}/`;
    const last = await lastSegment(ledger, prefix);
    const lane = new TargetLane(ledger, prefix, last, await openSegment(ledger, prefix, last));
    await lane.#follow();
    return lane;
  }

  get state(): LaneState {
    return fold(this.#log.records);
  }

  /** Reads the lane again. */
  async refresh(): Promise<void> {
    await this.#log.refresh();
    await this.#follow();
  }

  /** Joins the queue; once is enough. */
  async enter(entry: LaneEntry): Promise<void> {
    await this.#change(
      ({ entries }) => entries.some(({ run }) => run === entry.run),
      () => ({ ...this.#ledger.stamp(), type: 'enter', ...plainEntry(entry) }),
    );
  }

  /** Takes the turn if nobody has it. @returns false when the lane has changed: decide again who is first */
  async hold(run: string): Promise<boolean> {
    if (this.state.holder === run) return true;
    if (this.state.holder !== undefined) return false;
    const held = await this.#append({ ...this.#ledger.stamp(), type: 'hold', run });
    return held || this.state.holder === run;
  }

  /** Leaves the queue, holding it or not; once is enough. */
  async leave(run: string): Promise<void> {
    await this.#change(
      ({ entries, holder }) => holder !== run && !entries.some((other) => other.run === run),
      () => ({ ...this.#ledger.stamp(), type: 'leave', run }),
    );
  }

  async #change(isDone: (state: LaneState) => boolean, record: () => LaneRecord): Promise<void> {
    while (!isDone(this.state)) if (await this.#append(record())) return;
  }

  /** @returns false when the record was not written, and has to be decided on anew */
  async #append(record: LaneRecord): Promise<boolean> {
    if (this.#log.records.length >= ROLL_AT) {
      await this.#log.append({ ...this.#ledger.stamp(), type: 'rolled' });
      await this.#follow();
      // Others may have written meanwhile, here or in the next list: what was decided on the state before does not hold.
      return false;
    }
    const appended = await this.#log.append(record);
    await this.#follow();
    return appended;
  }

  /** Goes on to the newest list. Whoever finds that it has no snapshot yet writes it: all would write the same. */
  async #follow(): Promise<void> {
    while (this.#log.records.at(-1)?.type === 'rolled') {
      const { entries, holder, landed } = this.state;
      const next = await openSegment(this.#ledger, this.#prefix, this.#segment + 1);
      if (next.records.length === 0) {
        const kept = Object.fromEntries(
          Object.entries(landed)
            .sort(([, a], [, b]) => b - a)
            .slice(0, MOST_LANDED),
        );
        const snapshot = {
          type: 'snapshot',
          entries,
          ...(holder === undefined ? {} : { holder }),
          landed: kept,
        } as const;
        await next.append({ ...this.#ledger.stamp(), ...snapshot });
      }
      this.#segment += 1;
      this.#log = next;
    }
  }
}

/** Lists are never removed: a slow writer must find its own as it was. So there may be more than one page of them. */
async function lastSegment({ store }: Ledger, prefix: string): Promise<number> {
  let last = '';
  for (;;) {
    const page = await store.list(prefix, { after: last, limit: SEGMENTS_PAGE });
    last = page.at(-1)?.name ?? last;
    if (page.length < SEGMENTS_PAGE) return last === '' ? FIRST_SEGMENT : Number(last.slice(prefix.length));
  }
}

function openSegment({ store }: Ledger, prefix: string, number: number): Promise<AppendLog<LaneRecord>> {
  return AppendLog.open<LaneRecord>(store, `${prefix}${String(number).padStart(6, '0')}`);
}

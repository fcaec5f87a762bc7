import type { Trigger } from '../../events/trigger.ts';
import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import { AppendLog, type LogRecord, MAX_ROUNDS } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';

/** A run that wants its turn. */
export interface LaneEntry {
  readonly job: string;
  readonly run: string;
  /** ms since 1970. */
  readonly order: number;
  readonly trigger: Trigger['kind'];
  readonly object?: string;
  /** The position in the run's log of the claim that this entry stands for. What an older claim of that run writes here counts for nothing. */
  readonly claim: number;
}

/** What a claim of a run does in a lane. */
interface ByClaim {
  readonly run: string;
  readonly claim: number;
}

export type LaneRecord = LogRecord &
  (
    | ({ readonly type: 'enter' } & LaneEntry)
    /** From here this run, and no other, may create. */
    | ({ readonly type: 'hold' } & ByClaim)
    | ({ readonly type: 'leave' } & ByClaim)
    /** The holder's log cannot be read, and a complete listing that began at `at` showed no unfinished task on the target. */
    | ({ readonly type: 'idle' } & ByClaim)
    /** The list is full: the next one goes on from a snapshot. */
    | { readonly type: 'rolled' }
    | ({ readonly type: 'snapshot' } & LaneState)
  );

export interface LaneState {
  /** Those who have not left, first in order first. */
  readonly entries: readonly LaneEntry[];
  readonly holder?: string;
  /** The newest version of each object that had its turn. */
  readonly landed: Readonly<Record<string, number>>;
  /** The claims with which runs left lately: a slower writer of theirs comes too late. */
  readonly left: Readonly<Record<string, number>>;
  /** Since when the target was seen without an unfinished task, while its holder cannot be read; ms since 1970. */
  readonly idleAt?: number;
}

/** A list takes 10,000 appends (AppendObject), and is read whole at each turn. */
const ROLL_AT = 400;
/** Of objects that are remembered across a roll; those with the oldest time are forgotten first. */
const MAX_LANDED = 1_000;
/** Of runs that left: a writer that is slower than so many others is stopped by the position of its append, or by the run's own log. */
const MAX_LEFT = 100;
const TYPES = new Set<string>(['enter', 'hold', 'leave', 'idle', 'rolled', 'snapshot'] satisfies LaneRecord['type'][]);
const FIRST_SEGMENT = 1;
const SEGMENTS_PAGE = 1_000;

/** A lane while it is folded: `left` changes in place, because a copy of it for each record takes most of the time of a fold. */
type FoldedLane = Omit<LaneState, 'left'> & { readonly left: Map<string, number> };

/**
 * What the records of a lane say. A record counts only if it is not older than its run's entry: a hold without an entry, or a record of a
 * claim that was taken over since, changes nothing. So a lane that such a record was written to is sound as soon as it is read.
 */
export function foldLane(records: readonly LaneRecord[]): LaneState {
  const folded = records.reduce<FoldedLane>(applyRecord, { entries: [], landed: {}, left: new Map() });
  return { ...folded, left: Object.fromEntries(folded.left) };
}

/** Is it a record that a lane has? */
export function isLaneRecord(record: LogRecord): record is LaneRecord {
  return TYPES.has((record as Partial<LaneRecord>).type ?? '');
}

function applyRecord(state: FoldedLane, record: LaneRecord): FoldedLane {
  switch (record.type) {
    case 'snapshot': {
      const { entries, landed, left = {}, holder, idleAt } = record;
      return { entries, landed, left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };
    }
    case 'enter':
      return enter(state, record);
    case 'hold':
      return hold(state, record);
    case 'leave':
      return leave(state, record);
    case 'idle':
      return record.run === state.holder && state.idleAt === undefined ? { ...state, idleAt: record.at } : state;
    case 'rolled':
      return state;
  }
}

function enter(state: FoldedLane, record: LaneEntry): FoldedLane {
  const entry = entryOf(record);
  const known = state.entries.find(({ run }) => run === entry.run);
  const isLate = entry.claim <= (state.left.get(entry.run) ?? -1) || (known && entry.claim < known.claim);
  if (isLate) return state;
  const others = state.entries.filter(({ run }) => run !== entry.run);
  return { ...state, entries: [...others, entry].sort(inOrder) };
}

function hold(state: FoldedLane, { run, claim = 0 }: ByClaim): FoldedLane {
  const entry = state.entries.find((other) => other.run === run);
  if (!entry || claim < entry.claim || state.holder !== undefined) return state;
  const landed = entry.object === undefined ? {} : { [entry.object]: entry.order };
  return { ...state, holder: run, landed: { ...state.landed, ...landed } };
}

function leave(state: FoldedLane, { run, claim = 0 }: ByClaim): FoldedLane {
  const entry = state.entries.find((other) => other.run === run);
  if (entry && claim < entry.claim) return state;
  const { holder, idleAt, ...free } = state;
  const before = free.left.get(run) ?? -1;
  // Behind all others: those that left first are forgotten first.
  free.left.delete(run);
  free.left.set(run, Math.max(before, claim));
  for (const oldest of free.left.keys()) {
    if (free.left.size <= MAX_LEFT) break;
    free.left.delete(oldest);
  }
  const entries = state.entries.filter((other) => other.run !== run);
  return { ...free, entries, ...(holder === run ? {} : given({ holder, idleAt })) };
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function entryOf({ job, run, order, trigger, object, claim = 0 }: LaneEntry): LaneEntry {
  return { job, run, order, trigger, ...(object === undefined ? {} : { object }), claim };
}

/** The order of a lane: by planned or object time, then by run. */
export function inOrder(a: Pick<LaneEntry, 'order' | 'run'>, b: Pick<LaneEntry, 'order' | 'run'>): number {
  return a.order - b.order || (a.run < b.run ? -1 : 1);
}

/**
 * The queue of one target: runs enter, one of them at a time holds it and may create, and leaves when its task is over.
 *
 * Every change is a compare-and-swap, so that two never hold it. The run's own log decides, and the lane follows: whoever changes a run's entry
 * has appended its claim to that log before, and gives that claim's position here. An entry is removed for a run that has ended by anybody,
 * for another one only by its claimant.
 */
export class TargetLane {
  readonly #ledger: Ledger;
  readonly #prefix: string;
  #segment: number;
  #log: AppendLog<LaneRecord>;
  #folded: { readonly records: readonly LaneRecord[]; readonly state: LaneState } | undefined;

  private constructor(ledger: Ledger, prefix: string, number: number, log: AppendLog<LaneRecord>) {
    this.#ledger = ledger;
    this.#prefix = prefix;
    this.#segment = number;
    this.#log = log;
  }

  /** @throws {LedgerError} when the lane cannot be read; not temporary when a line of it is damaged: nothing is created until it is repaired */
  static async open(ledger: Ledger, target: string): Promise<TargetLane> {
    const prefix = lanePrefix(target);
    const last = await lastSegment(ledger, prefix);
    try {
      const lane = new TargetLane(ledger, prefix, last, await openSegment(ledger, prefix, last));
      await lane.#follow();
      return lane;
    } catch (error) {
      if (!(error instanceof DamagedListError)) throw error;
      const advice = `nothing is created for ${target} until its lane is repaired: npx migrations runs lanes repair ${target}`;
      throw new DamagedListError(error.list, `${error.what}; ${advice}`, { cause: error });
    }
  }

  /** Folded once for the records that are known: a list of them is never changed, but replaced. */
  get state(): LaneState {
    const { records } = this.#log;
    if (this.#folded?.records !== records) this.#folded = { records, state: foldLane(records) };
    return this.#folded.state;
  }

  /** Reads the lane again. */
  async refresh(): Promise<void> {
    await this.#log.refresh();
    await this.#follow();
  }

  /**
   * Joins the queue, or stands for a newer claim there; once is enough.
   *
   * @returns false when a newer claim of this run was here before: this one is over
   */
  async enter(entry: LaneEntry): Promise<boolean> {
    const isIn = ({ entries }: LaneState) =>
      entries.some(({ run, claim }) => run === entry.run && claim >= entry.claim);
    await this.#change(
      (state) => isIn(state) || entry.claim <= (state.left[entry.run] ?? -1),
      () => [this.#enterRecord(entry)],
    );
    return this.#stands(entry);
  }

  /**
   * Joins the queue and takes the turn, which nobody has. Decided on the state as it was read: whatever changed since makes it fail.
   *
   * @returns false when the lane has changed, or a newer claim of this run was here: decide again
   */
  async enterAndHold(entry: LaneEntry): Promise<boolean> {
    const { run, claim } = entry;
    const records: LaneRecord[] = [];
    if (!this.#stands(entry)) records.push(this.#enterRecord(entry));
    if (this.state.holder !== run) records.push({ ...this.#ledger.stamp(), type: 'hold', run, claim });
    if (records.length > 0) await this.#append(...records);
    return this.state.holder === run && this.#stands(entry);
  }

  /**
   * Leaves the queue, holding it or not; once is enough.
   *
   * @param claim of the run's claimant; of a run that has ended its last one
   * @param fenced also when the run is not here: an earlier claimant of it may be about to enter
   */
  async leave(run: string, claim: number, { fenced = false }: { readonly fenced?: boolean } = {}): Promise<void> {
    await this.#change(
      ({ entries, left }) => {
        const entry = entries.find((other) => other.run === run);
        return entry ? entry.claim > claim : !fenced || (left[run] ?? -1) >= claim;
      },
      () => [{ ...this.#ledger.stamp(), type: 'leave', run, claim }],
    );
  }

  /** Notes that a complete listing showed no unfinished task on the target, while its holder cannot be read. */
  async noteIdle({ run, claim }: LaneEntry, at: number): Promise<void> {
    await this.#change(
      ({ holder, idleAt }) => holder !== run || idleAt !== undefined,
      () => [{ ...this.#ledger.stamp(), at, type: 'idle', run, claim }],
    );
  }

  #stands({ run, claim }: LaneEntry): boolean {
    return this.state.entries.some((entry) => entry.run === run && entry.claim === claim);
  }

  #enterRecord(entry: LaneEntry): LaneRecord {
    return { ...this.#ledger.stamp(), type: 'enter', ...entryOf(entry) };
  }

  async #change(isDone: (state: LaneState) => boolean, records: () => readonly LaneRecord[]): Promise<void> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
      if (isDone(this.state) || (await this.#append(...records()))) return;
    }
    throw new LedgerError(`ledger ${this.#log.name}: it changed ${MAX_ROUNDS} times while it was being written`, {
      temporary: true,
    });
  }

  /** @returns false when nothing was written, and it has to be decided again */
  async #append(...records: readonly LaneRecord[]): Promise<boolean> {
    if (this.#log.records.length >= ROLL_AT) {
      await this.#log.append({ ...this.#ledger.stamp(), type: 'rolled' });
      await this.#follow();
      // Others may have written meanwhile, here or in the next list: what was decided on the state before does not hold.
      return false;
    }
    const appended = await this.#log.append(...records);
    await this.#follow();
    return appended;
  }

  /** Goes on to the newest list. Whoever finds that it has no snapshot yet writes it: all would write the same. */
  async #follow(): Promise<void> {
    while (this.#log.records.at(-1)?.type === 'rolled') {
      const next = await openSegment(this.#ledger, this.#prefix, this.#segment + 1);
      if (next.records.length === 0) await next.append({ ...this.#ledger.stamp(), ...snapshotOf(this.state) });
      this.#segment += 1;
      this.#log = next;
    }
  }
}

/** What the next list of a lane begins with. */
export function snapshotOf(
  state: LaneState,
): Omit<Extract<LaneRecord, { readonly type: 'snapshot' }>, keyof LogRecord> {
  const newestFirst = Object.entries(state.landed).sort(([, a], [, b]) => b - a);
  return { ...state, type: 'snapshot', landed: Object.fromEntries(newestFirst.slice(0, MAX_LANDED)) };
}

const PREFIX = 'lanes/target/';

export function lanePrefix(target: string): string {
  return `${PREFIX}${segment(target)}/`;
}

/** The lane that a list belongs to; `undefined` when it is not one of a lane. */
export function laneOfList(list: string): string | undefined {
  return list.startsWith(PREFIX) ? list.slice(PREFIX.length).split('/')[0] : undefined;
}

/** Lists are never removed: a slow writer must find its own as it was. So there may be more than one page of them. */
export async function lastSegment({ store }: Ledger, prefix: string): Promise<number> {
  let last = '';
  for (;;) {
    const page = await store.list(prefix, { after: last, limit: SEGMENTS_PAGE });
    last = page.at(-1)?.name ?? last;
    if (page.length < SEGMENTS_PAGE) return last === '' ? FIRST_SEGMENT : Number(last.slice(prefix.length));
  }
}

export function segmentName(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(6, '0')}`;
}

async function openSegment({ store }: Ledger, prefix: string, number: number): Promise<AppendLog<LaneRecord>> {
  const log = await AppendLog.open<LaneRecord>(store, segmentName(prefix, number));
  const unknown = (log.records as readonly LogRecord[]).find((record) => !isLaneRecord(record));
  if (unknown) throw new DamagedListError(log.name, `record ${unknown.id} is of no type that a lane knows`);
  return log;
}

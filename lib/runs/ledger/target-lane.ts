import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import { AppendLog, type LogRecord, MAX_ROUNDS } from './append-log.ts';
import { FIRST_SEGMENT, lanePrefix, lastSegment, segmentName } from './lane-names.ts';
import {
  entryOf,
  foldLane,
  isLaneRecord,
  LANE_VERSION,
  type LaneEntry,
  type LaneRecord,
  type LaneState,
  snapshotOf,
} from './lane-state.ts';
import type { Ledger } from './ledger.ts';

/** A snapshot is written whenever so many records came after the last one: no more than these and it are read. */
const SNAPSHOT_EVERY = 200;
/** A list takes 10,000 appends (AppendObject), and each append adds at least one record. */
const ROLL_AT = 9_000;

/** Where a lane ended. */
export interface LanePlace {
  readonly segment: number;
  readonly position: number;
}

/** The lanes that an invocation has read. Stale is harmless: a change is a compare-and-swap, and one that is refused reads the lane again. */
const SHARED = new WeakMap<Ledger, Map<string, Promise<TargetLane>>>();

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
    try {
      const { number, log } = await openNewest(ledger, prefix);
      const lane = new TargetLane(ledger, prefix, number, log);
      await lane.#follow();
      return lane;
    } catch (error) {
      if (!(error instanceof DamagedListError)) throw error;
      const advice = `nothing is created for ${target} until its lane is repaired: npx migrations runs lanes repair ${target}`;
      throw new DamagedListError(error.list, `${error.what}; ${advice}`, { cause: error });
    }
  }

  /** Has this invocation read the lane? */
  static isKnown(ledger: Ledger, target: string): boolean {
    return SHARED.get(ledger)?.has(target) ?? false;
  }

  /** The lane as this invocation knows it: read once, and again when a change was refused. @throws {LedgerError} as `open` */
  static shared(ledger: Ledger, target: string): Promise<TargetLane> {
    const lanes = SHARED.get(ledger) ?? new Map<string, Promise<TargetLane>>();
    SHARED.set(ledger, lanes);
    const known = lanes.get(target);
    if (known) return known;
    const opened = TargetLane.open(ledger, target);
    lanes.set(target, opened);
    // Whoever asks next tries again.
    opened.catch(() => lanes.delete(target));
    return opened;
  }

  /**
   * Leaves a lane that nobody has written to since it ended at `place`, without reading it.
   *
   * @returns false when somebody has, or it can't be told: nothing is known to be written then
   */
  static async leaveAt(
    ledger: Ledger,
    target: string,
    { run, claim }: Pick<LaneEntry, 'run' | 'claim'>,
    { segment: number, position }: LanePlace,
  ): Promise<boolean> {
    const name = segmentName(lanePrefix(target), number);
    const record: LaneRecord = { ...ledger.stamp(), type: 'leave', run, claim };
    try {
      return (await ledger.store.append(name, position, `${JSON.stringify(record)}\n`)) !== 'stale';
    } catch (error) {
      if (error instanceof LedgerError && error.temporary) return false;
      throw error;
    }
  }

  /** Folded once for the records that are known, and on from there when some were added. */
  get state(): LaneState {
    const { records } = this.#log;
    const known = this.#folded;
    if (known?.records === records) return known.state;
    const count = known?.records.length ?? 0;
    const isContinued =
      known && count > 0 && known.records[0] === records[0] && known.records[count - 1] === records[count - 1];
    const state = isContinued ? foldLane(records.slice(count), known.state) : foldLane(records);
    this.#folded = { records, state };
    return state;
  }

  get place(): LanePlace {
    return { segment: this.#segment, position: this.#log.position };
  }

  /** Reads the lane again. */
  async refresh(): Promise<void> {
    await this.#log.refresh();
    await this.#follow();
  }

  /**
   * Joins the queue, or stands for a newer claim there; once is enough.
   *
   * @param followers join in the same append, those that have not
   * @returns false when a newer claim of this run was here before: this one is over
   */
  async enter(entry: LaneEntry, followers: readonly LaneEntry[] = []): Promise<boolean> {
    await this.#change((state) => this.#enterRecords(state, [entry, ...followers]));
    return this.#stands(entry);
  }

  /**
   * Joins the queue and takes the turn, which nobody has, in one append with the departure of those who have ended. Decided on the state as it is known:
   * whatever changed since makes it fail.
   *
   * @returns false when the lane has changed, or a newer claim of this run was here: decide again
   */
  async enterAndHold(
    entry: LaneEntry,
    {
      ended = [],
      followers = [],
    }: { readonly ended?: readonly Pick<LaneEntry, 'run' | 'claim'>[]; readonly followers?: readonly LaneEntry[] } = {},
  ): Promise<boolean> {
    const { run, claim } = entry;
    const records: LaneRecord[] = ended.map((other) => this.#leaveRecord(other));
    if (!this.#stands(entry)) records.push(this.#enterRecord(entry));
    if (this.state.holder !== run) records.push({ ...this.#ledger.stamp(), type: 'hold', run, claim });
    records.push(...this.#enterRecords(this.state, followers));
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
    await this.#change(({ entries, left }) => {
      const entry = entries.find((other) => other.run === run);
      const isDone = entry ? entry.claim > claim : !fenced || (left[run] ?? -1) >= claim;
      return isDone ? [] : [this.#leaveRecord({ run, claim })];
    });
  }

  /** Notes that a complete listing showed no unfinished task on the target, while its holder cannot be read. */
  async noteIdle({ run, claim }: LaneEntry, at: number): Promise<void> {
    await this.#change(({ holder, idleAt }) =>
      holder !== run || idleAt !== undefined ? [] : [{ ...this.#ledger.stamp(), at, type: 'idle', run, claim }],
    );
  }

  #stands({ run, claim }: LaneEntry): boolean {
    return this.state.entries.some((entry) => entry.run === run && entry.claim === claim);
  }

  #enterRecords(state: LaneState, entries: readonly LaneEntry[]): LaneRecord[] {
    return entries.filter((entry) => !isIn(state, entry)).map((entry) => this.#enterRecord(entry));
  }

  #enterRecord(entry: LaneEntry): LaneRecord {
    return { ...this.#ledger.stamp(), type: 'enter', v: LANE_VERSION, ...entryOf(entry) };
  }

  #leaveRecord({ run, claim }: Pick<LaneEntry, 'run' | 'claim'>): LaneRecord {
    return { ...this.#ledger.stamp(), type: 'leave', run, claim };
  }

  /** @param decide on the present state what is to be written; nothing: it is so already */
  async #change(decide: (state: LaneState) => readonly LaneRecord[]): Promise<void> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
      const records = decide(this.state);
      if (records.length === 0 || (await this.#append(...records))) return;
    }
    throw new LedgerError(`ledger ${this.#log.name}: it changed ${MAX_ROUNDS} times while it was being written`, {
      temporary: true,
    });
  }

  /** @returns false when nothing was written, and it has to be decided again */
  async #append(...records: readonly LaneRecord[]): Promise<boolean> {
    const isOver = isRolled(this.#log);
    if (isOver || this.#written() >= ROLL_AT) {
      // Over already: the next list could not be read when that was seen.
      if (!isOver) await this.#log.append({ ...this.#ledger.stamp(), type: 'rolled' });
      await this.#follow();
      // Others may have written meanwhile, here or in the next list: what was decided on the state before does not hold.
      return false;
    }
    const appended = await this.#log.append(...records, ...this.#snapshotAfter(records));
    await this.#follow();
    return appended;
  }

  /** Records in this list. */
  #written(): number {
    const [first] = this.#log.records;
    return this.#log.records.length + (first?.type === 'snapshot' ? (first.before ?? 0) : 0);
  }

  #snapshotAfter(records: readonly LaneRecord[]): LaneRecord[] {
    const known = this.#log.records.length;
    if (known + records.length <= SNAPSHOT_EVERY) return [];
    const before = this.#written() + records.length;
    return [{ ...this.#ledger.stamp(), ...snapshotOf(foldLane(records, this.state)), before }];
  }

  /** Continues with the newest list. Whoever finds that it has no snapshot yet writes it: all would write the same. */
  async #follow(): Promise<void> {
    while (isRolled(this.#log)) {
      const over = this.#log;
      const number = this.#segment + 1;
      const snapshot = snapshotOf(this.state);
      const next = await openSegment(this.#ledger, this.#prefix, number);
      if (next.records.length === 0) await next.append({ ...this.#ledger.stamp(), ...snapshot });
      // Several of this invocation may do this at once.
      if (this.#log !== over) continue;
      this.#segment = number;
      this.#log = next;
    }
  }
}

function isIn({ entries, left }: LaneState, { run, claim }: LaneEntry): boolean {
  return claim <= (left[run] ?? -1) || entries.some((entry) => entry.run === run && entry.claim >= claim);
}

function isRolled({ records }: AppendLog<LaneRecord>): boolean {
  return records.at(-1)?.type === 'rolled';
}

/** The first list is read first, because most lanes have no other; only where it is over the others are listed. */
async function openNewest(
  ledger: Ledger,
  prefix: string,
): Promise<{ readonly number: number; readonly log: AppendLog<LaneRecord> }> {
  let first: AppendLog<LaneRecord> | undefined;
  let damage: unknown;
  try {
    first = await openSegment(ledger, prefix, FIRST_SEGMENT);
    if (!isRolled(first)) return { number: FIRST_SEGMENT, log: first };
  } catch (error) {
    if (!(error instanceof DamagedListError)) throw error;
    damage = error;
  }
  const last = await lastSegment(ledger, prefix);
  if (last > FIRST_SEGMENT) return { number: last, log: await openSegment(ledger, prefix, last) };
  // A damaged list that was repaired is over.
  if (!first) throw damage;
  return { number: FIRST_SEGMENT, log: first };
}

async function openSegment({ store }: Ledger, prefix: string, number: number): Promise<AppendLog<LaneRecord>> {
  const isState = (record: LaneRecord) => record.type === 'snapshot';
  const log = await AppendLog.open<LaneRecord>(store, segmentName(prefix, number), { isState });
  refuseUnknown(log);
  return log;
}

function refuseUnknown({ name, records }: AppendLog<LaneRecord>): void {
  const unknown = (records as readonly LogRecord[]).find((record) => !isLaneRecord(record));
  if (unknown) throw new DamagedListError(name, `record ${unknown.id} has a type that no lane has`);
  for (const record of records) {
    if ((record.type !== 'enter' && record.type !== 'snapshot') || record.v === LANE_VERSION) continue;
    const found = record.v ?? 1;
    const advice = 'let its runs end with the version that wrote it, or use another ledger prefix';
    throw new LedgerError(`ledger ${name}: format ${found}, and this code knows ${LANE_VERSION} only; ${advice}`, {
      temporary: false,
    });
  }
}

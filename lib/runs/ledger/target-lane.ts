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

/** A snapshot is written every this many records, so that at most these and the snapshot are read. */
const SNAPSHOT_EVERY = 200;
/** A list takes 10,000 appends (AppendObject), and each append adds at least one record. */
const ROLL_AT = 9_000;

/** The end of a lane. */
export interface LanePlace {
  readonly segment: number;
  readonly position: number;
}

/** Lanes cached per invocation. Stale state is harmless: a change is a compare-and-swap, and the lane is read again after a conflict. */
const SHARED = new WeakMap<Ledger, Map<string, Promise<TargetLane>>>();

/**
 * The queue of one target: runs enter, one at a time holds it and may create, and leaves when its task is over.
 *
 * Every change is a compare-and-swap, so two runs never hold it. The run's own log decides, and the lane follows: whoever changes a run's entry has
 * first appended its claim to that log, and passes that claim's position here. Anybody may remove the entry of a run that has ended; any other entry
 * only the run's claimant.
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

  /** @throws {LedgerError} when the lane cannot be read; not temporary when a line is damaged: nothing is created until the lane is repaired */
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

  /** Whether this invocation has read the lane. */
  static isKnown(ledger: Ledger, target: string): boolean {
    return SHARED.get(ledger)?.has(target) ?? false;
  }

  /** The cached lane of this invocation: read once, and again after a conflict. @throws {LedgerError} as `open` */
  static shared(ledger: Ledger, target: string): Promise<TargetLane> {
    const lanes = SHARED.get(ledger) ?? new Map<string, Promise<TargetLane>>();
    SHARED.set(ledger, lanes);
    const known = lanes.get(target);
    if (known) return known;
    const opened = TargetLane.open(ledger, target);
    lanes.set(target, opened);
    // The next caller retries.
    opened.catch(() => lanes.delete(target));
    return opened;
  }

  /**
   * Leaves a lane without reading it, if nobody has written to it since it ended at `place`.
   *
   * @returns false when somebody has, or the result is unknown; then the record may not be written
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

  /** The folded records: cached, and continued when records were added. */
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
   * Joins the queue, or updates the entry to a newer claim. Idempotent.
   *
   * @param followers other runs that join in the same append, unless they have joined
   * @returns false when the lane has a newer claim of this run, so that this one is over
   */
  async enter(entry: LaneEntry, followers: readonly LaneEntry[] = []): Promise<boolean> {
    await this.#change((state) => this.#enterRecords(state, [entry, ...followers]));
    return this.#stands(entry);
  }

  /**
   * Joins the queue and takes the free turn, in one append with the departure of ended runs. Based on the cached state: any change since makes it fail.
   *
   * @returns false when the lane has changed, or has a newer claim of this run: decide again
   */
  async enterAndHold(
    entry: LaneEntry,
    {
      ended = [],
      followers = [],
    }: { readonly ended?: readonly Pick<LaneEntry, 'run' | 'claim'>[]; readonly followers?: readonly LaneEntry[] } = {},
  ): Promise<boolean> {
    const { run, claim } = entry;
    if (claim <= (this.state.left[run] ?? -1)) return false;
    const records: LaneRecord[] = ended.map((other) => this.#leaveRecord(other));
    if (!this.#stands(entry)) records.push(this.#enterRecord(entry));
    if (this.state.holder !== run) records.push({ ...this.#ledger.stamp(), type: 'hold', run, claim });
    records.push(...this.#enterRecords(this.state, followers));
    if (records.length > 0) await this.#append(...records);
    return this.state.holder === run && this.#stands(entry);
  }

  /**
   * Leaves the queue, whether holding it or not. Idempotent.
   *
   * @param claim the claim of the run's claimant; for a run that has ended, its last claim
   * @param fenced record this even if the run is not in the lane, because an earlier claimant may be about to enter
   */
  async leave(run: string, claim: number, { fenced = false }: { readonly fenced?: boolean } = {}): Promise<void> {
    await this.#change(({ entries, left }) => {
      const entry = entries.find((other) => other.run === run);
      const isDone = entry ? entry.claim > claim : !fenced || (left[run] ?? -1) >= claim;
      return isDone ? [] : [this.#leaveRecord({ run, claim })];
    });
  }

  /** Records that a complete listing showed no unfinished task on the target while its holder cannot be read. */
  async noteIdle({ run, claim }: LaneEntry, at: number): Promise<void> {
    await this.#change(({ holder, idleAt }) =>
      holder !== run || idleAt !== undefined ? [] : [{ ...this.#ledger.stamp(), at, type: 'idle', run, claim }],
    );
  }

  #stands({ run, claim }: LaneEntry): boolean {
    return this.state.entries.some((entry) => entry.run === run && entry.claim === claim);
  }

  #enterRecords(state: LaneState, entries: readonly LaneEntry[]): LaneRecord[] {
    return entries.filter((entry) => !isQueued(state, entry)).map((entry) => this.#enterRecord(entry));
  }

  #enterRecord(entry: LaneEntry): LaneRecord {
    return { ...this.#ledger.stamp(), type: 'enter', v: LANE_VERSION, ...entryOf(entry) };
  }

  #leaveRecord({ run, claim }: Pick<LaneEntry, 'run' | 'claim'>): LaneRecord {
    return { ...this.#ledger.stamp(), type: 'leave', run, claim };
  }

  /** @param decide returns the records to write for the current state; none if there is nothing to change */
  async #change(decide: (state: LaneState) => readonly LaneRecord[]): Promise<void> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
      const records = decide(this.state);
      if (records.length === 0 || (await this.#append(...records))) return;
    }
    throw new LedgerError(`ledger ${this.#log.name}: it changed ${MAX_ROUNDS} times while it was being written`, {
      temporary: true,
    });
  }

  /** @returns false when nothing was written: decide again */
  async #append(...records: readonly LaneRecord[]): Promise<boolean> {
    const isOver = isRolled(this.#log);
    if (isOver || this.#written() >= ROLL_AT) {
      // Over already: the next list could not be read when that was seen.
      if (!isOver) await this.#log.append({ ...this.#ledger.stamp(), type: 'rolled' });
      await this.#follow();
      // Others may have written meanwhile, here or in the next list, so the decision is outdated.
      return false;
    }
    const appended = await this.#log.append(...records, ...this.#snapshotAfter(records));
    await this.#follow();
    return appended;
  }

  /** The number of records in this list. */
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

  /** Moves to the newest list. Whoever finds it without a snapshot writes that: all would write the same. */
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

function isQueued({ entries, left }: LaneState, { run, claim }: LaneEntry): boolean {
  return claim <= (left[run] ?? -1) || entries.some((entry) => entry.run === run && entry.claim >= claim);
}

function isRolled({ records }: AppendLog<LaneRecord>): boolean {
  return records.at(-1)?.type === 'rolled';
}

/** Reads the first list first, because most lanes have no other; the others are listed only if the first is full. */
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
  // A repaired lane continues in a later list.
  if (!first) throw damage;
  return { number: FIRST_SEGMENT, log: first };
}

async function openSegment({ store, forked }: Ledger, prefix: string, number: number): Promise<AppendLog<LaneRecord>> {
  const isState = (record: LaneRecord) => record.type === 'snapshot';
  const log = await AppendLog.open<LaneRecord>(store, segmentName(prefix, number), { isState, forked });
  refuseUnknown(log);
  return log;
}

function refuseUnknown({ name, records }: AppendLog<LaneRecord>): void {
  const unknown = (records as readonly LogRecord[]).find((record) => !isLaneRecord(record));
  if (unknown) throw new DamagedListError(name, `record ${unknown.id} has a type that lanes do not have`);
  for (const record of records) {
    if ((record.type !== 'enter' && record.type !== 'snapshot') || record.v === LANE_VERSION) continue;
    const found = record.v ?? 1;
    const advice = 'let its runs finish with the version that wrote it, or use another ledger prefix';
    throw new LedgerError(
      `ledger ${name}: format ${found}, but this version supports only ${LANE_VERSION}; ${advice}`,
      {
        temporary: false,
      },
    );
  }
}

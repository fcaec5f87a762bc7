import { createHash } from 'node:crypto';
import { AppendLog, type LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import { type Origin, refuseForeign } from './origin.ts';
import { RollingLog } from './rolling-log.ts';

/** The scope of a job's sweep: another bucket or glob is a new sweep. */
export interface SweepScope {
  readonly job: string;
  readonly bucket: string;
  /** The glob. */
  readonly key: string;
}

function nameOf({ job, bucket, key }: SweepScope): string {
  const scope = createHash('sha256')
    .update(JSON.stringify([bucket, key]))
    .digest('hex')
    .slice(0, 16);
  return `sweeps/${job}/${scope}`;
}

/** One scan of a bucket, over as many ticks as it takes. Times are ms since 1970. */
export interface SweepPass {
  /** When it began. */
  readonly at: number;
  /** When a tick last worked on it: the job that waited longest is next. Absent in older records. */
  readonly workedAt?: number;
  /** The range of modification times that is checked. */
  readonly since: number;
  readonly until: number;
  /** Objects up to this key were checked. */
  readonly after?: string;
  /** Number of objects checked. */
  readonly looked: number;
  /** Everything was checked. */
  readonly isDone: boolean;
  /** It was reported, or there was nothing to report. */
  readonly isReported: boolean;
  /** The environment it belongs to. */
  readonly origin?: Origin;
}

/** @throws {OtherEnvironmentError} */
export function refuseForeignPass({ origin }: Ledger, scope: SweepScope, pass: SweepPass): void {
  refuseForeign(`${nameOf(scope)}/pass`, origin, [pass]);
}

/** Replaces an unreadable pass: the next one checks everything since the job was first swept, so that nothing is lost. */
export const LOST_PASS: SweepPass = { at: 0, since: 0, until: 0, looked: 0, isDone: true, isReported: true };

/** The last pass, of any environment; `undefined` before the first. If the stored pass is damaged, `damaged` is its name and `pass` a replacement. */
export async function readPass(
  { store }: Ledger,
  scope: SweepScope,
): Promise<{ readonly pass?: SweepPass; readonly damaged?: string }> {
  const name = `${nameOf(scope)}/pass`;
  const text = await store.get(name);
  if (text === undefined) return {};
  const pass = parsePass(text);
  return pass ? { pass } : { pass: LOST_PASS, damaged: name };
}

function parsePass(text: string): SweepPass | undefined {
  try {
    const pass = JSON.parse(text) as Partial<SweepPass> | null;
    const numbers = [pass?.at, pass?.since, pass?.until, pass?.looked];
    return numbers.every((value) => typeof value === 'number') ? (pass as SweepPass) : undefined;
  } catch {
    return undefined;
  }
}

export function writePass({ store, origin }: Ledger, scope: SweepScope, pass: SweepPass): Promise<void> {
  return store.put(`${nameOf(scope)}/pass`, JSON.stringify({ ...pass, ...(origin ? { origin } : {}) }));
}

/** When a job was first swept, ms since 1970; older objects are ignored. */
export interface SweepStart {
  readonly at: number;
  /** The record was missing although a pass exists, because a lifecycle rule or a person removed it. It was recreated from that pass. */
  readonly wasLost: boolean;
}

/**
 * Returns the start of a sweep, and records it the first time. Concurrent first invocations all get the same start.
 *
 * @param last the last pass: if the start was lost, objects older than that pass checked are ignored
 */
export async function startOf(ledger: Ledger, scope: SweepScope, last: SweepPass | undefined): Promise<SweepStart> {
  const log = await AppendLog.open<LogRecord>(ledger.store, `${nameOf(scope)}/start`, { origin: ledger.origin });
  const wasLost = log.records.length === 0 && last !== undefined;
  await log.change((records) =>
    records.length > 0 ? [] : [{ ...ledger.stamp(), ...(last ? { at: last.since } : {}) }],
  );
  return { at: log.records[0]?.at ?? ledger.now(), wasLost };
}

type FoundRecord = LogRecord &
  (
    | { readonly type: 'missed'; readonly keys: readonly string[]; readonly upTo: string }
    /** One object, as written by older versions. */
    | { readonly type: 'found'; readonly key: string }
    | { readonly type: 'notified'; readonly report: string; readonly messageId: string }
    | ({ readonly type: 'so_far' } & FoundState)
  );

/** The objects without a run that a pass found. */
export interface FoundState {
  readonly count: number;
  /** The first of them, to show to people. */
  readonly named: readonly string[];
  /** Everything up to this key is counted. */
  readonly upTo?: string;
  readonly isReported?: true;
}

/** Objects named in a report. */
const MAX_NAMED = 20;
/** A record contains the keys of a page, so a list of these records is much longer than others. */
const ROLL_AT = 50;

function foldFound(records: readonly FoundRecord[]): FoundState {
  return records.reduce<FoundState>(applyFound, { count: 0, named: [] });
}

function applyFound(state: FoundState, record: FoundRecord): FoundState {
  switch (record.type) {
    case 'so_far': {
      const { count, named, upTo, isReported } = record;
      return { count, named, ...(upTo === undefined ? {} : { upTo }), ...(isReported ? { isReported } : {}) };
    }
    case 'found':
      return withKeys(state, [record.key], record.key);
    case 'missed':
      return withKeys(state, record.keys, record.upTo);
    case 'notified':
      return { ...state, isReported: true };
  }
}

function withKeys(state: FoundState, keys: readonly string[], upTo: string): FoundState {
  const named = [...state.named, ...keys.slice(0, MAX_NAMED - state.named.length)];
  const last = isBehind(upTo, state.upTo) ? upTo : state.upTo;
  return { ...state, count: state.count + keys.length, named, ...(last === undefined ? {} : { upTo: last }) };
}

/** Compares in the order in which OBS lists keys, by bytes. */
function isBehind(key: string, upTo: string | undefined): boolean {
  return upTo === undefined || Buffer.compare(Buffer.from(key), Buffer.from(upTo)) > 0;
}

/**
 * The objects without a run that a pass found, recorded before the runs are started, so that each is counted exactly once, whatever happens then. A
 * pass goes through the keys in order, so only the last counted key has to be known.
 */
export class FoundLog {
  readonly #ledger: Ledger;
  readonly #log: RollingLog<FoundRecord>;

  private constructor(ledger: Ledger, log: RollingLog<FoundRecord>) {
    this.#ledger = ledger;
    this.#log = log;
  }

  static async open(ledger: Ledger, scope: SweepScope, { at }: SweepPass): Promise<FoundLog> {
    const soFar = (records: readonly FoundRecord[]): FoundRecord[] => {
      const last = records.at(-1);
      return last ? [{ id: last.id, at: last.at, by: last.by, type: 'so_far', ...foldFound(records) }] : [];
    };
    return new FoundLog(ledger, await RollingLog.open(ledger, `${nameOf(scope)}/found-${at}`, soFar, ROLL_AT));
  }

  get state(): FoundState {
    return foldFound(this.#log.records);
  }

  /** Counts the objects that are not counted yet, in one append; everything up to `upTo` was checked. */
  async addMissed(keys: readonly string[], upTo: string): Promise<void> {
    await this.#log.change((records) => {
      const { upTo: counted } = foldFound(records);
      const news = keys.filter((key) => isBehind(key, counted));
      return news.length === 0 ? [] : [{ ...this.#ledger.stamp(), type: 'missed', keys: news, upTo }];
    });
  }

  /** Records that they were reported, once; `messageId` is SMN's. */
  async addReported(report: string, messageId: string): Promise<void> {
    await this.#log.change((records) =>
      foldFound(records).isReported ? [] : [{ ...this.#ledger.stamp(), type: 'notified', report, messageId }],
    );
  }
}

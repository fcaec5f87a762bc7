import { createHash } from 'node:crypto';
import { AppendLog, type LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import { type Origin, refuseForeign } from './origin.ts';
import { RollingLog } from './rolling-log.ts';

/** What a job looks at: another bucket or glob is another sweep, which begins again. */
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

/** One look through a bucket, over as many ticks as it takes. Times are ms since 1970. */
export interface SweepPass {
  /** When it began. */
  readonly at: number;
  /** When a tick last worked at it: of several jobs the one that waited longest is next. Absent in older notes. */
  readonly workedAt?: number;
  /** Objects that changed since then and until then are looked at. */
  readonly since: number;
  readonly until: number;
  /** Objects up to this key were looked at. */
  readonly after?: string;
  /** How many of them. */
  readonly looked: number;
  /** Everything was looked at. */
  readonly isDone: boolean;
  /** It was reported, or there was nothing to report. */
  readonly isReported: boolean;
  /** Whose it is. */
  readonly origin?: Origin;
}

/** @throws {OtherEnvironmentError} */
export function refuseForeignPass({ origin }: Ledger, scope: SweepScope, pass: SweepPass): void {
  refuseForeign(`${nameOf(scope)}/pass`, origin, [pass]);
}

/** Of a note that nobody can read: the next pass looks at everything since the job was first swept, so that nothing is lost. */
export const LOST_PASS: SweepPass = { at: 0, since: 0, until: 0, looked: 0, isDone: true, isReported: true };

/** The last pass, whoever's it is; `undefined` before the first, `damaged` with one in its place where the note is not what we wrote. */
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

/** When a job was swept first, ms since 1970: what is older is none of its business. */
export interface SweepStart {
  readonly at: number;
  /** The record of it was gone, though a pass is there: a lifecycle rule or a person removed it. It was made again from that pass. */
  readonly wasLost: boolean;
}

/**
 * Of several invocations that are first, one says when; all get the same answer.
 *
 * @param last the last pass: nothing older than that looked at is looked at when the start was lost
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
    /** One object, as older versions wrote it. */
    | { readonly type: 'found'; readonly key: string }
    | { readonly type: 'notified'; readonly report: string; readonly messageId: string }
    | ({ readonly type: 'so_far' } & FoundState)
  );

/** What a pass found to have no run. */
export interface FoundState {
  readonly count: number;
  /** The first of them, for people. */
  readonly named: readonly string[];
  /** Everything up to this key is counted. */
  readonly upTo?: string;
  readonly isReported?: true;
}

/** Of objects that are named in a report. */
const MAX_NAMED = 20;
/** A record holds the keys of a page, so a list is much longer than others of as many records. */
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

/** In the order in which OBS lists keys: that of their bytes. */
function isBehind(key: string, upTo: string | undefined): boolean {
  return upTo === undefined || Buffer.compare(Buffer.from(key), Buffer.from(upTo)) > 0;
}

/**
 * What a pass found to have no run: recorded before the runs are started, so that it is counted, once, whatever happens then. A pass goes
 * through the keys in order, so that of what was counted only the last key has to be known.
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

  /** Counts those of these objects that are not counted yet; everything up to `upTo` was looked at. One append, however many they are. */
  async addMissed(keys: readonly string[], upTo: string): Promise<void> {
    await this.#log.change((records) => {
      const { upTo: counted } = foldFound(records);
      const news = keys.filter((key) => isBehind(key, counted));
      return news.length === 0 ? [] : [{ ...this.#ledger.stamp(), type: 'missed', keys: news, upTo }];
    });
  }

  /** They were reported; `messageId` is SMN's. Once is enough. */
  async addReported(report: string, messageId: string): Promise<void> {
    await this.#log.change((records) =>
      foldFound(records).isReported ? [] : [{ ...this.#ledger.stamp(), type: 'notified', report, messageId }],
    );
  }
}

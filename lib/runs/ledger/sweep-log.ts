import { createHash } from 'node:crypto';
import { AppendLog, type LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import { type Origin, refuseForeign } from './origin.ts';

/** What a job looks at: another bucket or glob is another sweep, which begins anew. */
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

/** The last pass, whoever's it is; `undefined` before the first. */
export async function readPass({ store }: Ledger, scope: SweepScope): Promise<SweepPass | undefined> {
  const text = await store.get(`${nameOf(scope)}/pass`);
  return text === undefined ? undefined : (JSON.parse(text) as SweepPass);
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
  const log = await AppendLog.open<LogRecord>(ledger.store, `${nameOf(scope)}/start`, ledger.origin);
  const wasLost = log.records.length === 0 && last !== undefined;
  while (log.records.length === 0) await log.append({ ...ledger.stamp(), ...(last ? { at: last.since } : {}) });
  return { at: log.records[0]?.at ?? ledger.now(), wasLost };
}

export type FoundRecord = LogRecord &
  (
    | { readonly type: 'found'; readonly key: string; readonly version: string }
    | { readonly type: 'notified'; readonly report: string; readonly messageId: string }
  );

/** What a pass found to have no run: recorded before the runs are started, so that it is counted whatever happens then. */
export function openFound(
  { store, origin }: Ledger,
  scope: SweepScope,
  { at }: SweepPass,
): Promise<AppendLog<FoundRecord>> {
  return AppendLog.open<FoundRecord>(store, `${nameOf(scope)}/found-${at}`, origin);
}

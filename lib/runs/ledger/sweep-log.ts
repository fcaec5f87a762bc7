import { createHash } from 'node:crypto';
import { AppendLog, type LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';

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
}

/** The last pass; `undefined` before the first. */
export async function readPass({ store }: Ledger, scope: SweepScope): Promise<SweepPass | undefined> {
  const text = await store.get(`${nameOf(scope)}/pass`);
  return text === undefined ? undefined : (JSON.parse(text) as SweepPass);
}

export function writePass({ store }: Ledger, scope: SweepScope, pass: SweepPass): Promise<void> {
  return store.put(`${nameOf(scope)}/pass`, JSON.stringify(pass));
}

/**
 * When the job was swept first, ms since 1970: what is older is none of its business. Of several invocations that are first, one says when;
 * all get the same answer.
 */
export async function startOf(ledger: Ledger, scope: SweepScope): Promise<number> {
  const log = await AppendLog.open<LogRecord>(ledger.store, `${nameOf(scope)}/start`);
  while (log.records.length === 0) await log.append(ledger.stamp());
  return log.records[0]?.at ?? ledger.now();
}

export type FoundRecord = LogRecord &
  (
    | { readonly type: 'found'; readonly key: string; readonly version: string }
    | { readonly type: 'notified'; readonly report: string; readonly messageId: string }
  );

/** What a pass found to have no run: recorded before the runs are started, so that it is counted whatever happens then. */
export function openFound({ store }: Ledger, scope: SweepScope, { at }: SweepPass): Promise<AppendLog<FoundRecord>> {
  return AppendLog.open<FoundRecord>(store, `${nameOf(scope)}/found-${at}`);
}

import { createHash } from 'node:crypto';
import type { LedgerStore } from '../../ports/ledger-store.ts';
import type { LogRecord } from './append-log.ts';
import type { Origin } from './origin.ts';

/** The ledger as one invocation uses it. */
export interface Ledger {
  readonly store: LedgerStore;
  /** ms since 1970. */
  readonly now: () => number;
  /** This invocation, unlike any other: a retry of the platform has the same request id, so this is more than that. */
  readonly by: string;
  /** Whose records it writes and changes. Absent: everybody's, for those who only read. */
  readonly origin?: Origin;
  /** What every record of this invocation starts with. */
  stamp(): LogRecord;
}

export function makeLedger(store: LedgerStore, by: string, now: () => number, origin?: Origin): Ledger {
  let count = 0;
  return {
    store,
    now,
    by,
    ...(origin ? { origin } : {}),
    stamp: () => {
      count += 1;
      return { id: `${by}-${count}`, at: now(), by };
    },
  };
}

/** A text as one segment of a name: as it is where that is safe, else its hash. */
export function segment(text: string): string {
  return /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/.test(text)
    ? text
    : createHash('sha256').update(text).digest('hex').slice(0, 32);
}

import { createHash } from 'node:crypto';
import type { LedgerStore } from '../../ports/ledger-store.ts';
import type { LogRecord } from './append-log.ts';
import type { Origin } from './origin.ts';

/** The ledger as used by one invocation. */
export interface Ledger {
  readonly store: LedgerStore;
  /** ms since 1970. */
  readonly now: () => number;
  /** The unique id of this invocation. Not just the request id, because a platform retry has the same one. */
  readonly by: string;
  /** The environment whose records it writes and changes. If absent, records of all environments can be read. */
  readonly origin?: Origin;
  /** Called with a list in which two writers have written at the same position. @default it is not noticed */
  readonly forked?: (list: string) => void;
  /** The common fields of a new record. */
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

/** A string as one segment of a name: unchanged if that is safe, otherwise its hash. */
export function segment(text: string): string {
  return /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/.test(text)
    ? text
    : createHash('sha256').update(text).digest('hex').slice(0, 32);
}

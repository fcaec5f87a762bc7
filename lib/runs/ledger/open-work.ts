import type { LedgerEntry } from '../../ports/ledger-store.ts';
import type { Ledger } from './ledger.ts';

/** Covers `open/`, `open-sets/` and `open-unreadable/`. */
const PREFIX = 'open';
const PAGE = 1_000;

/** The names of everything a tick has to process, if they fit on one page; then nothing else has to be listed. */
export interface OpenWork {
  /** In the order of their names. */
  readonly entries: readonly LedgerEntry[];
  /** Whether the list is complete. */
  readonly isAll: boolean;
}

/** Lists the open work with one request. @throws {LedgerError} when it cannot be listed */
export async function listOpenWork({ store }: Ledger): Promise<OpenWork> {
  const entries = await store.list(PREFIX, { limit: PAGE });
  return { entries, isAll: entries.length < PAGE };
}

/** Whether there is certainly nothing under a prefix. */
export function isEmptyUnder({ entries, isAll }: OpenWork, prefix: string): boolean {
  return isAll && !entries.some(({ name }) => name.startsWith(prefix));
}

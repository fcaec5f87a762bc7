import type { LedgerEntry } from '../../ports/ledger-store.ts';
import type { Ledger } from './ledger.ts';

/** Of `open/`, `open-sets/` and `open-unreadable/`. */
const PREFIX = 'open';
const PAGE = 1_000;

/** The names of all that a tick has to come back to, if one page has them; then nothing else has to be listed. */
export interface OpenWork {
  /** In the order of their names. */
  readonly entries: readonly LedgerEntry[];
  /** There are no others. */
  readonly isAll: boolean;
}

/** One request, whatever there is to do. @throws {LedgerError} when it cannot be listed */
export async function listOpenWork({ store }: Ledger): Promise<OpenWork> {
  const entries = await store.list(PREFIX, { limit: PAGE });
  return { entries, isAll: entries.length < PAGE };
}

/** Is there certainly nothing below a prefix? */
export function isEmptyUnder({ entries, isAll }: OpenWork, prefix: string): boolean {
  return isAll && !entries.some(({ name }) => name.startsWith(prefix));
}

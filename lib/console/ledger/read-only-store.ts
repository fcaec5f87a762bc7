import { LedgerError } from '../../ports/ledger-error.ts';
import type { LedgerStore } from '../../ports/ledger-store.ts';

/** The store, for reading only: whatever would write throws, and sends nothing. */
export function readOnlyStore({ read, tail, get, list }: LedgerStore): LedgerStore {
  const refuse = async (name: string): Promise<never> => {
    throw new LedgerError(`ledger ${name}: not written, because this console only reads`, { temporary: false });
  };
  return { read, tail, get, list, append: refuse, put: refuse, remove: refuse };
}

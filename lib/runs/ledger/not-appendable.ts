import { LedgerError } from '../../ports/ledger-error.ts';

/** Lists and texts share their names, as the objects of a bucket do, and what was put is no list. */
export function notAppendable(name: string): LedgerError {
  return new LedgerError(
    `ledger append ${name}: something is there that was put and not appended, so nothing can be added to it; remove it, or use another prefix`,
    { temporary: false },
  );
}

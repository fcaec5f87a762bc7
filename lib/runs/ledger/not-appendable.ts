import { LedgerError } from '../../ports/ledger-error.ts';

/** Lists and texts share one namespace, like the objects of a bucket, and a text stored with `put` can't be appended to. */
export function notAppendable(name: string): LedgerError {
  return new LedgerError(
    `ledger append ${name}: an object with this name was not created by an append, so it can't be appended to; remove it, or use another prefix`,
    { temporary: false },
  );
}

import { AppError } from '../kernel/errors.ts';

/** The ledger could not be read or written, so nothing is created. A retry helps once it is available again. */
export class LedgerError extends AppError {
  /** `false`: it fails again until someone fixes it (permissions, a bucket that can't be appended to). */
  readonly temporary: boolean;

  constructor(message: string, options: ErrorOptions & { readonly temporary: boolean }) {
    super('ledger', message, options);
    this.temporary = options.temporary;
  }
}

/** A list was read and contains something that no version of this code writes. A retry does not help; someone has to look into it. */
export class DamagedListError extends LedgerError {
  readonly list: string;
  readonly what: string;

  constructor(list: string, what: string, options: ErrorOptions = {}) {
    super(`ledger ${list}: ${what}`, { ...options, temporary: false });
    this.list = list;
    this.what = what;
  }
}

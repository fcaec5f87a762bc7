import { AppError } from '../kernel/errors.ts';

/** The ledger could not be read or written. Nothing is created then. A retry helps when it is back. */
export class LedgerError extends AppError {
  /** `false`: it will fail again until somebody fixes it (permissions, a bucket that can't be appended to). */
  readonly temporary: boolean;

  constructor(message: string, options: ErrorOptions & { readonly temporary: boolean }) {
    super('ledger', message, options);
    this.temporary = options.temporary;
  }
}

/** A list was read and holds something that no version of this code writes. A retry does not help; a person has to look. */
export class DamagedListError extends LedgerError {
  readonly list: string;
  readonly what: string;

  constructor(list: string, what: string, options: ErrorOptions = {}) {
    super(`ledger ${list}: ${what}`, { ...options, temporary: false });
    this.list = list;
    this.what = what;
  }
}

import { AppError } from '../../errors.ts';

/** The ledger could not be read or written. Nothing is created then. A retry helps when it is back. */
export class LedgerError extends AppError {
  /** `false`: it will fail again until somebody mends it (permissions, a bucket that can't be appended to). */
  readonly temporary: boolean;

  constructor(message: string, options: ErrorOptions & { readonly temporary: boolean }) {
    super('ledger', message, options);
    this.temporary = options.temporary;
  }
}

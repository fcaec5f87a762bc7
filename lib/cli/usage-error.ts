import { AppError } from '../kernel/errors.ts';

/** The command line is invalid, or was not confirmed. Nothing was done. */
export class UsageError extends AppError {
  constructor(message: string, options?: ErrorOptions) {
    super('usage', message, options);
  }
}

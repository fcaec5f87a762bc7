import { AppError } from '../kernel/errors.ts';

/** The command line can't be understood, or asks for something that nobody confirmed. Nothing was done. */
export class UsageError extends AppError {
  constructor(message: string, options?: ErrorOptions) {
    super('usage', message, options);
  }
}

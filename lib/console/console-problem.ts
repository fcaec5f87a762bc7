import type { ConsoleProblemBody } from './wire.ts';

/** Why the console refuses a request; becomes the response. */
export class ConsoleProblem extends Error {
  override readonly name = 'ConsoleProblem';
  readonly status: number;
  readonly title: string;
  /** The allowed methods, if the method is the problem. */
  readonly allow: string | undefined;

  constructor(status: number, title: string, detail: string, options: ErrorOptions & { readonly allow?: string } = {}) {
    super(detail, options);
    this.status = status;
    this.title = title;
    this.allow = options.allow;
  }

  toJSON(): ConsoleProblemBody {
    return { title: this.title, detail: this.message, status: this.status };
  }
}

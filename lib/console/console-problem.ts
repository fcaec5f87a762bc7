import type { ProblemAnswer } from './wire.ts';

/** A request to the console that is not carried out, for whatever answers it. */
export class ConsoleProblem extends Error {
  override readonly name = 'ConsoleProblem';
  readonly status: number;
  readonly title: string;
  /** What can be asked there, when the method is at fault. */
  readonly allow: string | undefined;

  constructor(status: number, title: string, detail: string, options: ErrorOptions & { readonly allow?: string } = {}) {
    super(detail, options);
    this.status = status;
    this.title = title;
    this.allow = options.allow;
  }

  toJSON(): ProblemAnswer {
    return { title: this.title, detail: this.message, status: this.status };
  }
}

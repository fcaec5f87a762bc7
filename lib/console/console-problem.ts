import type { ProblemAnswer } from './wire.ts';

/** A request to the console that is not carried out, for whatever answers it. */
export class ConsoleProblem extends Error {
  override readonly name = 'ConsoleProblem';
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.title = title;
  }

  toJSON(): ProblemAnswer {
    return { title: this.title, detail: this.message, status: this.status };
  }
}

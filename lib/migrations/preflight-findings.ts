import type { Code } from '../kernel/codes.ts';
import type { CloudError, Problem } from '../kernel/errors.ts';
import { problemLine } from '../schema/findings.ts';

/** What the cloud was seen to say against a task, before anything changed. */
export interface PreflightFindings {
  /** The task would fail, or do harm. Paths are those of the action's fields. */
  readonly problems: readonly Problem[];
  /** The task would fail now, and may go well later. */
  readonly temporaryProblems: readonly TemporaryProblem[];
  /** The task may fail, or something could not be looked at. */
  readonly warnings: readonly string[];
}

export interface TemporaryProblem extends Problem {
  /** Of the run that waits; or the call that was not answered. */
  readonly reason: Code | CloudError;
}

/** Collects findings; a check adds to it and goes on. */
export class Preflight implements PreflightFindings {
  readonly problems: Problem[] = [];
  readonly temporaryProblems: TemporaryProblem[] = [];
  readonly warnings: string[] = [];

  problem(path: Problem['path'], message: string): void {
    this.problems.push({ path, message });
  }

  temporaryProblem(reason: TemporaryProblem['reason'], path: Problem['path'], message: string): void {
    this.temporaryProblems.push({ path, message, reason });
  }

  warning(path: Problem['path'], message: string): void {
    this.warnings.push(problemLine([{ path, message }]));
  }
}

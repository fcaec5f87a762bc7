import type { Code } from '../kernel/codes.ts';
import type { CloudError, Problem } from '../kernel/errors.ts';
import { problemLine } from '../schema/findings.ts';

/** What preflight found out about a task, before anything changes. */
export interface PreflightFindings {
  /** The task would fail or cause damage. Paths are those of the action's fields. */
  readonly problems: readonly Problem[];
  /** The task would fail now, but may succeed later. */
  readonly temporaryProblems: readonly TemporaryProblem[];
  /** The task may fail, or something could not be checked. */
  readonly warnings: readonly string[];
}

export interface TemporaryProblem extends Problem {
  /** Why the run waits: a code, or the call that failed. */
  readonly reason: Code | CloudError;
}

/** Collects findings. A check adds to it and continues. */
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

import type { Problem } from '../errors.ts';
import { problemLine } from './check-fields.ts';

/** What the cloud was seen to say against a task, before anything changed. */
export interface PreflightFindings {
  /** The task would fail, or do harm. Paths are those of the action's fields. */
  readonly problems: readonly Problem[];
  /** The task may fail, or something could not be looked at. */
  readonly warnings: readonly string[];
}

/** Collects findings; a check adds to it and goes on. */
export class Preflight implements PreflightFindings {
  readonly problems: Problem[] = [];
  readonly warnings: string[] = [];

  problem(path: Problem['path'], message: string): void {
    this.problems.push({ path, message });
  }

  warning(path: Problem['path'], message: string): void {
    this.warnings.push(problemLine([{ path, message }]));
  }
}

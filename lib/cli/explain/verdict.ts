import type { Trigger } from '../../events/trigger.ts';
import type { Job } from '../../jobs/job.ts';
import type { KnownCode } from '../../kernel/codes.ts';
import { formatPath, jsonPointer, type Problem } from '../../kernel/errors.ts';
import type { PlannedRun } from '../../runs/start/start-run.ts';
import type { ProblemName } from '../../webhook/problem-types.ts';

/** What an event means for a job, as far as it can be told without a call. */
export type Verdict = StartVerdict | RefusedVerdict;

/** The event starts the job. */
export interface StartVerdict {
  readonly starts: true;
  readonly job: Job;
  /** What starts it; absent for an object of a set that is not complete with this event. */
  readonly run?: { readonly trigger: Trigger; readonly planned: PlannedRun };
  /** For people: what is odd, and what can't be told from the event. */
  readonly notes: readonly string[];
}

/** As in docs/errors.md; of a request it may be the type of the problem. */
export type VerdictCode = KnownCode | ProblemName;

/** It does not. */
export interface RefusedVerdict {
  readonly starts: false;
  /** A name, for it may be one that no job has. */
  readonly job: string;
  /** Is it refused, so that the function fails or the caller gets an error? Else the event is simply not about this job. */
  readonly refused: boolean;
  readonly code: VerdictCode;
  readonly message: string;
  /** Where fields are at fault. */
  readonly problems: readonly Problem[];
}

/** One thing that an event tells of: a record, a tick, a request. */
export interface Subject {
  /** For people: `obs://bucket/key, ObjectCreated:Put`. */
  readonly what: string;
  /** One for each job of the file, in its order; then names that are no job. */
  readonly verdicts: readonly Verdict[];
  /** Why it can start no job at all, whatever the jobs are. `refused` as in a verdict. */
  readonly fault?: { readonly code: VerdictCode; readonly message: string; readonly refused: boolean };
}

/** A job that the event is not about. */
export function notAbout(job: string, code: VerdictCode, message: string): RefusedVerdict {
  return { starts: false, job, refused: false, code, message, problems: [] };
}

/** A job, or a name of none, that the event is about, and that it does not start. */
export function refuses(
  job: string,
  { code, message, problems = [] }: { code: VerdictCode; message: string; problems?: readonly Problem[] },
): RefusedVerdict {
  return { starts: false, job, refused: true, code, message, problems };
}

/** Problems as JSON has them: with the JSON pointer of the field. */
export function problemsJson(problems: readonly Problem[]): { pointer: string; message: string }[] {
  return problems.map(({ path, message }) => ({ pointer: jsonPointer(path), message }));
}

/** Problems as a person reads them. Empty when there are none. */
export function problemLines(problems: readonly Problem[]): string[] {
  return problems.map(({ path, message }) => `${jsonPointer(path) || formatPath(path)}: ${message}`);
}

/** Something that can start no job. */
export function startsNothing(what: string, jobs: Iterable<string>, fault: NonNullable<Subject['fault']>): Subject {
  return { what, verdicts: [...jobs].map((job) => notAbout(job, fault.code, fault.message)), fault };
}

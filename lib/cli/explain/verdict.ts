import type { Trigger } from '../../events/trigger.ts';
import type { Job } from '../../jobs/job.ts';
import type { KnownCode } from '../../kernel/codes.ts';
import { formatPath, jsonPointer, type Problem } from '../../kernel/errors.ts';
import type { PlannedRun } from '../../runs/start/start-run.ts';
import type { ProblemName } from '../../webhook/problem-types.ts';

/** What an event means for a job, as far as can be determined without a call. */
export type Verdict = StartVerdict | RefusedVerdict;

/** The event starts the job. */
export interface StartVerdict {
  readonly starts: true;
  readonly job: Job;
  /** The run that it starts; absent for an object of a set that this event does not complete. */
  readonly run?: { readonly trigger: Trigger; readonly planned: PlannedRun };
  /** For people: warnings, and what the event does not show. */
  readonly notes: readonly string[];
}

/** As in docs/errors.md; for a request it may be a problem type. */
export type VerdictCode = KnownCode | ProblemName;

/** The event does not start the job. */
export interface RefusedVerdict {
  readonly starts: false;
  /** A name, because there may be no such job. */
  readonly job: string;
  /** True if it is an error for the function or the caller; false if the event does not concern this job. */
  readonly refused: boolean;
  readonly code: VerdictCode;
  readonly message: string;
  /** Problems of individual fields. */
  readonly problems: readonly Problem[];
}

/** One part of an event: a record, a tick or a request. */
export interface Subject {
  /** For people: `obs://bucket/key, ObjectCreated:Put`. */
  readonly what: string;
  /** One for each job of the file, in its order; then one for each unknown name. */
  readonly verdicts: readonly Verdict[];
  /** Why it can't start any job, whatever the jobs are. `refused` as in a verdict. */
  readonly fault?: { readonly code: VerdictCode; readonly message: string; readonly refused: boolean };
}

/** A job that the event does not concern. */
export function notAbout(job: string, code: VerdictCode, message: string): RefusedVerdict {
  return { starts: false, job, refused: false, code, message, problems: [] };
}

/** A job, or unknown name, that the event concerns but does not start. */
export function refuses(
  job: string,
  { code, message, problems = [] }: { code: VerdictCode; message: string; problems?: readonly Problem[] },
): RefusedVerdict {
  return { starts: false, job, refused: true, code, message, problems };
}

/** Problems for `--json`, with the JSON pointer of the field. */
export function problemsJson(problems: readonly Problem[]): { pointer: string; message: string }[] {
  return problems.map(({ path, message }) => ({ pointer: jsonPointer(path), message }));
}

/** Problems for people. Empty if there are none. */
export function problemLines(problems: readonly Problem[]): string[] {
  return problems.map(({ path, message }) => `${jsonPointer(path) || formatPath(path)}: ${message}`);
}

/** A subject that can't start any job. */
export function startsNothing(what: string, jobs: Iterable<string>, fault: NonNullable<Subject['fault']>): Subject {
  return { what, verdicts: [...jobs].map((job) => notAbout(job, fault.code, fault.message)), fault };
}

import type { InvocationResult } from '../../packages/local-cloud/src/functiongraph/invocation.ts';
import { isRecord } from '../kernel/is-record.ts';

/** A run, as a function reports it. */
export interface ReportedRun {
  readonly job?: string;
  readonly run?: string;
  readonly outcome: string;
  readonly task?: { readonly kind: string; readonly id: string; readonly name: string; readonly status?: string };
  readonly reason?: { readonly code: string; readonly message: string };
}

/**
 * The runs in what a function gave back: `{ "runs": [...] }`, an error whose message ends with the same, or a gateway answer with
 * one run as its body. Empty when there is none in it.
 */
export function readRuns(result: InvocationResult): ReportedRun[] {
  if (!result.ok) {
    const start = result.errorMessage.indexOf('{"runs":');
    return start === -1 ? [] : runsOf(parseJson(result.errorMessage.slice(start)));
  }
  const value = parseJson(result.payload);
  if (!isRecord(value) || !('statusCode' in value)) return runsOf(value);
  const body = parseJson(String(value['body'] ?? ''));
  if (isRun(body)) return [body];
  return isRecord(body) && isRun(body['run']) ? [body['run']] : [];
}

/** How many runs a tick of `reconcile` found that wait for a person; 0 when it says nothing of it. */
export function readParked(result: InvocationResult): number {
  const value = result.ok ? parseJson(result.payload) : undefined;
  return isRecord(value) && typeof value['parked'] === 'number' ? value['parked'] : 0;
}

/** One line: which job, what came of it, and why. */
export function describeRun(run: ReportedRun): string {
  const task = run.task ? ` ${run.task.kind} task ${run.task.name} (${run.task.id})` : '';
  const reason = run.reason ? `, ${run.reason.code}: ${run.reason.message}` : '';
  return `${run.job ?? 'no job'}: ${run.outcome}${task}${reason}`;
}

/** The same of a run that is followed: what its task has come to, where that is known. */
export function describeFollowed(run: ReportedRun): string {
  const { outcome, task, reason } = run;
  if (outcome !== 'existing' || !task?.status) return describeRun(run);
  const why = reason ? `, ${reason.code}: ${reason.message}` : '';
  return `${run.job ?? 'no job'}: ${task.kind} task ${task.name} (${task.id}) is ${task.status}${why}`;
}

function runsOf(value: unknown): ReportedRun[] {
  const runs = isRecord(value) ? value['runs'] : undefined;
  return Array.isArray(runs) ? runs.filter(isRun) : [];
}

function isRun(value: unknown): value is ReportedRun {
  return isRecord(value) && typeof value['outcome'] === 'string';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

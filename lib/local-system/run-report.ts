import type { InvocationResult } from '../../packages/local-cloud/src/functiongraph/invocation.ts';
import { isRecord } from '../kernel/is-record.ts';

/** A run, as reported by a function. */
export interface ReportedRun {
  readonly job?: string;
  readonly run?: string;
  readonly outcome: string;
  readonly task?: { readonly kind: string; readonly id: string; readonly name: string; readonly status?: string };
  readonly reason?: { readonly code: string; readonly message: string };
}

/**
 * The runs in the result of a function: `{ "runs": [...] }`, an error whose message ends with the same, or a gateway response with one run as
 * its body. Empty if there are none.
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

/** How many runs that wait for a person a tick of `reconcile` found; 0 if it does not say. */
export function readParked(result: InvocationResult): number {
  const value = result.ok ? parseJson(result.payload) : undefined;
  return isRecord(value) && typeof value['parked'] === 'number' ? value['parked'] : 0;
}

/** One line: the job, the outcome and the reason. */
export function describeRun(run: ReportedRun): string {
  const task = run.task ? ` ${run.task.kind} task ${run.task.name} (${run.task.id})` : '';
  const reason = run.reason ? `, ${run.reason.code}: ${run.reason.message}` : '';
  return `${run.job ?? 'no job'}: ${run.outcome}${task}${reason}`;
}

/** The same for a followed run, with the status of its task if known. */
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

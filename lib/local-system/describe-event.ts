import type { CloudEvent } from '../../packages/local-cloud/src/cloud/operation.ts';
import type { InvocationResult } from '../../packages/local-cloud/src/functiongraph/invocation.ts';
import { RECONCILE } from './local-functions.ts';
import type { SystemEvent } from './local-system.ts';
import type { Tone } from './printer.ts';
import { describeFollowed, describeRun, type ReportedRun, readParked, readRuns } from './run-report.ts';

/** One line about an event. */
export interface EventLine {
  /** `object`, `timer`, `request`, `function`, `progress`, `message`, `cloud` or `trouble`. */
  readonly topic: string;
  readonly text: string;
  readonly tone: Tone;
  /** The job of the run that the line concerns, if known. */
  readonly job?: string;
  readonly run?: string;
}

/** The description of an event. */
export interface DescribedEvent {
  /** Empty for events that are too frequent, or unchanged. */
  readonly lines: readonly EventLine[];
  /** The runs that it reports, including those without a line. */
  readonly runs: readonly ReportedRun[];
}

/** Describes one event after the other. An event that repeats the last line about the same subject gets no line. */
export function makeEventDescriber(): (event: SystemEvent) => DescribedEvent {
  const latest = new Map<string, string>();
  /** Does this text differ from the last one about the same subject? */
  const isChanged = (about: string, text: string): boolean => {
    const isChanged = latest.get(about) !== text;
    latest.set(about, text);
    return isChanged;
  };
  return (event) => describeEvent(event, isChanged);
}

type IsChanged = (about: string, text: string) => boolean;

function describeEvent(event: SystemEvent, isChanged: IsChanged): DescribedEvent {
  if (event.kind !== 'result') return { lines: linesOf(event, isChanged), runs: [] };
  const { functionName, result } = event;
  return functionName === RECONCILE && result.ok ? describeReconcile(result, isChanged) : describeResult(event);
}

function linesOf(event: Exclude<SystemEvent, { kind: 'result' }>, isChanged: IsChanged): EventLine[] {
  switch (event.kind) {
    case 'object': {
      const { eventName, bucket, key, size } = event.change;
      const to = event.functionNames.length > 0 ? event.functionNames.join(', ') : 'no function (no trigger matches)';
      const what = `${eventName} ${bucket}/${key}${size === undefined ? '' : ` (${size} bytes)`}`;
      return [line('object', `${what} -> ${to}`)];
    }
    case 'tick':
      // Too frequent to show.
      if (event.trigger.functionName === RECONCILE) return [];
      return [line('timer', `${event.trigger.name} -> ${event.trigger.functionName}`)];
    case 'request':
      return [line('request', `${event.method} ${event.path} returned ${event.status}`)];
    case 'gave_up': {
      const { functionName, attempts } = event;
      return [line('function', `${functionName} failed, and is not retried (${attempts} attempts)`, 'bad')];
    }
    case 'progress': {
      const { job, run, status, text: figures } = event.progress;
      const text = `${job}: ${status}, ${figures}`;
      return isChanged(run, text) ? [{ ...line('progress', text), job, run }] : [];
    }
    case 'cloud':
      return [cloudLine(event.event)];
    case 'trouble':
      return [line('trouble', event.error instanceof Error ? event.error.message : String(event.error), 'bad')];
  }
}

function cloudLine({ service, kind, id, name, status, topic, message }: CloudEvent): EventLine {
  if (kind === 'message_published') {
    return line('message', `to ${topic?.split(':').at(-1)}: ${name}`, toneOfMessage(name));
  }
  if (kind === 'event_reported') {
    return line('cloud eye', `${name}: ${message ?? ''}`, status === 'incident' ? 'bad' : 'plain');
  }
  if (kind === 'alarm_changed') {
    return line('cloud eye', `alarm rule ${name} is ${status}`, status === 'ok' ? 'good' : 'bad');
  }
  if (service === 'FunctionGraph') return line('cloud', `${kind.replace('_', ' ')}: ${name} (${status})`);
  return line('cloud', `${service} ${kind.replace('_', ' ')}: ${name} is ${status} (${id})`, toneOf(status));
}

function line(topic: string, text: string, tone: Tone = 'plain'): EventLine {
  return { topic, text, tone };
}

function runLine(text: string, run: ReportedRun): EventLine {
  return {
    ...line('function', text, toneOfRun(run)),
    ...(run.job === undefined ? {} : { job: run.job }),
    ...(run.run === undefined ? {} : { run: run.run }),
  };
}

/** One line for each run that changed: a run that keeps waiting is reported once. */
function describeReconcile(result: InvocationResult, isChanged: IsChanged): DescribedEvent {
  const runs = readRuns(result);
  const lines: EventLine[] = [];
  for (const run of runs) {
    const text = `${RECONCILE}: ${describeFollowed(run)}`;
    if (isChanged(`${RECONCILE} ${run.job}`, text)) lines.push(runLine(text, run));
  }
  const parked = readParked(result);
  const text = `${RECONCILE}: ${parked} parked runs wait for an operator`;
  if (isChanged('parked', text) && parked > 0) lines.push(line('function', text, 'bad'));
  return { lines, runs };
}

function describeResult({ functionName, result, attempt }: SystemEvent & { kind: 'result' }): DescribedEvent {
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  const runs = readRuns(result);
  if (runs.length > 0) {
    return { runs, lines: runs.map((run) => runLine(`${functionName}${again}: ${describeRun(run)}`, run)) };
  }
  const text = result.ok ? `no run${problemOf(result.payload)}` : `${result.cause}: ${result.errorMessage}`;
  return { runs, lines: [line('function', `${functionName}${again}: ${text}`, result.ok ? 'plain' : 'bad')] };
}

/** The text of a result without a run: the problem of a gateway response; nothing for other responses, because the request has its own line. */
function problemOf(payload: string): string {
  try {
    const { statusCode, body } = JSON.parse(payload) as { statusCode?: number; body?: string };
    if (statusCode === undefined) return `: ${payload}`;
    const { detail, title } = JSON.parse(String(body)) as Record<string, unknown>;
    return (detail ?? title) ? `: ${String(detail ?? title)}` : '';
  } catch {
    return payload === '' ? '' : `: ${payload}`;
  }
}

function toneOfRun({ outcome, reason }: ReportedRun): Tone {
  if (outcome === 'created' || outcome === 'existing') return reason ? 'bad' : 'good';
  return outcome === 'skipped' || outcome === 'waiting' ? 'plain' : 'bad';
}

function toneOf(status: string): Tone {
  if (/FAIL|ERROR/.test(status)) return 'bad';
  return /SUCCESS/.test(status) ? 'good' : 'plain';
}

function toneOfMessage(subject: string): Tone {
  if (/has failed|deadline|waits for an operator/.test(subject)) return 'bad';
  return /has succeeded/.test(subject) ? 'good' : 'plain';
}

import type { Invocation } from './functiongraph/invocation.ts';
import { RECONCILE } from './local-functions.ts';
import type { SystemEvent } from './local-system.ts';
import type { Printer } from './printer.ts';
import { describeRun, type ReportedRun, readParked, readRuns } from './run-report.ts';

/** Prints one line per thing that happens. What comes back returns the runs that an event tells of. */
export function makeEventPrinter(printer: Printer): (event: SystemEvent) => readonly ReportedRun[] {
  const news = new Map<string, string>();
  /** Is this text another one than the last about the same thing? */
  const isNews = (about: string, text: string): boolean => {
    const isOther = news.get(about) !== text;
    news.set(about, text);
    return isOther;
  };
  return (event) => printEvent(event, printer, isNews);
}

type IsNews = (about: string, text: string) => boolean;

function printEvent(event: SystemEvent, printer: Printer, isNews: IsNews): readonly ReportedRun[] {
  switch (event.kind) {
    case 'object': {
      const { eventName, bucket, key, size } = event.change;
      const to = event.functionNames.length > 0 ? event.functionNames.join(', ') : 'no function (no trigger matches)';
      printer.event('object', `${eventName} ${bucket}/${key}${size === undefined ? '' : ` (${size} bytes)`} -> ${to}`);
      return [];
    }
    case 'tick':
      // Too often to be told of.
      if (event.trigger.functionName === RECONCILE) return [];
      printer.event('timer', `${event.trigger.name} -> ${event.trigger.functionName}`);
      return [];
    case 'request':
      printer.event('request', `${event.method} ${event.path} answered with ${event.status}`);
      return [];
    case 'result':
      return event.functionName === RECONCILE && event.result.ok
        ? printReconcile(printer, event.result, isNews)
        : printResult(printer, event);
    case 'gave_up':
      printer.event(
        'function',
        `${event.functionName} failed, and is not tried again (${event.attempts} attempts)`,
        'bad',
      );
      return [];
    case 'progress': {
      const { job, run, status, text } = event.progress;
      const line = `${job}: ${status}, ${text}`;
      if (isNews(run, line)) printer.event('progress', line);
      return [];
    }
    case 'cloud': {
      const { service, kind, id, name, status, topic } = event.event;
      if (kind === 'message_published') {
        printer.event('message', `to ${topic?.split(':').at(-1)}: ${name}`, toneOfMessage(name));
        return [];
      }
      if (service === 'FunctionGraph') {
        printer.event('cloud', `${kind.replace('_', ' ')}: ${name} (${status})`);
        return [];
      }
      printer.event('cloud', `${service} ${kind.replace('_', ' ')}: ${name} is ${status} (${id})`, toneOf(status));
      return [];
    }
    case 'trouble':
      printer.event('trouble', event.error instanceof Error ? event.error.message : String(event.error), 'bad');
      return [];
  }
}

/** One line for each run that is news: what goes on waiting is told once. */
function printReconcile(printer: Printer, result: Invocation, isNews: IsNews): readonly ReportedRun[] {
  const runs = readRuns(result);
  for (const run of runs) {
    const text = `${RECONCILE}: ${describeRun(run)}`;
    if (isNews(`${RECONCILE} ${run.job}`, text)) printer.event('function', text, toneOfRun(run));
  }
  const parked = readParked(result);
  const text = `${RECONCILE}: ${parked} parked runs wait for a person`;
  if (isNews('parked', text) && parked > 0) printer.event('function', text, 'bad');
  return runs;
}

function printResult(printer: Printer, event: SystemEvent & { kind: 'result' }): readonly ReportedRun[] {
  const { functionName, result, attempt } = event;
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  const runs = readRuns(result);
  for (const run of runs) {
    printer.event('function', `${functionName}${again}: ${describeRun(run)}`, toneOfRun(run));
  }
  if (runs.length === 0) {
    const text = result.ok ? `no run${problemOf(result.payload)}` : `${result.cause}: ${result.errorMessage}`;
    printer.event('function', `${functionName}${again}: ${text}`, result.ok ? 'plain' : 'bad');
  }
  return runs;
}

/** What a gateway answer without a run says. */
function problemOf(payload: string): string {
  try {
    const { detail, title } = JSON.parse((JSON.parse(payload) as { body: string }).body) as Record<string, unknown>;
    return `: ${String(detail ?? title ?? payload)}`;
  } catch {
    return payload === '' ? '' : `: ${payload}`;
  }
}

function toneOfRun({ outcome, reason }: ReportedRun): 'good' | 'bad' | 'plain' {
  if (outcome === 'created' || outcome === 'existing') return reason ? 'bad' : 'good';
  return outcome === 'skipped' || outcome === 'waiting' ? 'plain' : 'bad';
}

function toneOf(status: string): 'good' | 'bad' | 'plain' {
  if (/FAIL|ERROR/.test(status)) return 'bad';
  return /SUCCESS/.test(status) ? 'good' : 'plain';
}

function toneOfMessage(subject: string): 'good' | 'bad' | 'plain' {
  if (/has failed|deadline|waits for a person/.test(subject)) return 'bad';
  return /has succeeded/.test(subject) ? 'good' : 'plain';
}

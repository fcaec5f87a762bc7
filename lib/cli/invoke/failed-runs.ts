import { field, stringIn } from '../../events/received.ts';

/** A run, as the function's error names it. */
export interface NamedRun {
  readonly job: string | undefined;
  readonly run: string | undefined;
  readonly outcome: string;
  readonly reason: { readonly code: string; readonly message: string } | undefined;
}

export interface FailedRuns {
  /** The message, without the runs. */
  readonly why: string;
  /** Empty if the function failed before any run, or with an error that is not ours. */
  readonly runs: readonly NamedRun[];
}

/** Extracts the runs from a function's error message, which ends with them as JSON. Never throws. */
export function readFailedRuns(message: string): FailedRuns {
  const at = message.indexOf('{"runs":');
  if (at < 0) return { why: message, runs: [] };
  let result: unknown;
  try {
    result = JSON.parse(message.slice(at));
  } catch {
    // The message was truncated. The part before the JSON is still valid.
    return { why: message, runs: [] };
  }
  const listed = field(result, 'runs');
  const runs = (Array.isArray(listed) ? listed : []).flatMap(readRun);
  return { why: message.slice(0, at).replace(/:\s*$/, ''), runs };
}

function readRun(value: unknown): NamedRun[] {
  const outcome = stringIn(value, 'outcome');
  if (outcome === undefined) return [];
  const reason = field(value, 'reason');
  const code = stringIn(reason, 'code');
  const why = code === undefined ? undefined : { code, message: stringIn(reason, 'message') ?? '' };
  return [{ job: stringIn(value, 'job'), run: stringIn(value, 'run'), outcome, reason: why }];
}

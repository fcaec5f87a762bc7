import type { LogLine } from '../../packages/local-cloud/src/functiongraph/function-host.ts';
import { isRecord } from '../kernel/is-record.ts';

/** The progress of a task, as `reconcile` logs it. */
export interface Progress {
  readonly job: string;
  readonly run: string;
  /** The state in the service's list. */
  readonly status: string;
  /** The progress figures, on one line. */
  readonly text: string;
}

/** The progress in a line of a function's log; `undefined` for any other line. */
export function readProgress({ stream, line }: Pick<LogLine, 'stream' | 'line'>): Progress | undefined {
  if (stream !== 'stdout') return undefined;
  const { message, job, run, status, progress } = parseFields(line);
  if (message !== 'progress' || typeof job !== 'string' || typeof run !== 'string') return undefined;
  return { job, run, status: String(status), text: String(progress) };
}

function parseFields(line: string): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(line);
    return isRecord(fields) ? fields : {};
  } catch {
    return {};
  }
}

import type { Path } from '../schema/check-fields.ts';
import { describeValue } from '../schema/describe-value.ts';
import { type Findings, refuse } from '../schema/findings.ts';
import { durationMs } from './duration.ts';

const MAX_DURATION_MS = 30 * 24 * 3600 * 1000;

/** The milliseconds of a duration from 1s to 30d; `undefined`, and a problem, when it is none. */
export function checkDuration(value: unknown, path: Path, found: Findings): number | undefined {
  const ms = typeof value === 'string' ? durationMs(value) : undefined;
  if (ms !== undefined && ms <= MAX_DURATION_MS) return ms;
  const wanted = 'must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d';
  refuse(found, path, value === undefined ? 'is missing' : `${wanted}, received ${describeValue(value)}`);
  return undefined;
}

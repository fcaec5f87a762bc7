import type { Path } from '../migrations/check-fields.ts';
import { describeValue } from '../migrations/describe-value.ts';
import { durationMs } from './duration.ts';
import { checkKeys, checkRecord, checkText, checkWhole, type Findings, own, refuse } from './findings.ts';
import { type Job, OVERLAPS, type Overlap } from './job.ts';

/** Keys of a job that say how its runs go together. Each needs to know of earlier runs, and so a ledger. */
export const POLICY_KEYS = ['overlap', 'limit'] as const;
/** Of `limit.runs`. */
export const LIMIT_RUNS = { min: 1, max: 100_000 } as const;
const LONGEST_PER_MS = 30 * 24 * 3600 * 1000;
const DEFAULT_LIMIT: Job['limit'] = { runs: 20, perMs: 3600 * 1000 };

function checkOverlap(value: unknown, path: Path, found: Findings): Overlap {
  const overlap = OVERLAPS.find((known) => known === value);
  if (overlap !== undefined) return overlap;
  if (value !== undefined) refuse(found, path, `must be ${OVERLAPS.join(', ')}, received ${describeValue(value)}`);
  return 'queue';
}

function checkPer(value: unknown, path: Path, found: Findings): number | undefined {
  const text = checkText(value, path, found);
  if (text === undefined) return undefined;
  const perMs = durationMs(text);
  if (perMs !== undefined && perMs <= LONGEST_PER_MS) return perMs;
  refuse(found, path, `must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received ${describeValue(text)}`);
  return undefined;
}

function checkLimit(value: unknown, path: Path, found: Findings): Job['limit'] {
  if (value === undefined) return DEFAULT_LIMIT;
  const limit = checkRecord(value, path, 'an object with runs and per', found);
  if (!limit) return DEFAULT_LIMIT;
  checkKeys(limit, path, ['runs', 'per'], [], found);
  const runs = checkWhole(own(limit, 'runs'), [...path, 'runs'], LIMIT_RUNS, found);
  const perMs = checkPer(own(limit, 'per'), [...path, 'per'], found);
  return runs === undefined || perMs === undefined ? DEFAULT_LIMIT : { runs, perMs };
}

/** `overlap` and `limit` of a job, each with its default when it is absent or has a problem. */
export function checkPolicies(
  job: Record<string, unknown>,
  path: Path,
  hasLedger: boolean,
  found: Findings,
): Pick<Job, 'overlap' | 'limit'> {
  for (const key of POLICY_KEYS) {
    if (!hasLedger && Object.hasOwn(job, key)) {
      refuse(found, [...path, key], 'needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }');
    }
  }
  return {
    overlap: checkOverlap(own(job, 'overlap'), [...path, 'overlap'], found),
    limit: checkLimit(own(job, 'limit'), [...path, 'limit'], found),
  };
}

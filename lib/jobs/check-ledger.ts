import type { Path } from '../schema/check-fields.ts';
import { describeValue } from '../schema/describe-value.ts';
import { checkKeys, checkRecord, checkText, checkWhole, type Findings, own, refuse } from '../schema/findings.ts';
import { checkBucket } from './check-bucket.ts';
import type { Ledger } from './job.ts';

/** Segments that need no escaping in a URL, an event or a listing. None is `.` or `..`: clients take those for folders. */
export const LEDGER_PREFIX = /^(?:(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.-]+(?:\/|$))+$/;
/** OBS: a key has at most 1024 bytes, and the ledger needs 800 for the names below the prefix. */
export const MAX_LEDGER_PREFIX_LENGTH = 200;
/** Of `settle_seconds`. */
export const SETTLE_SECONDS = { min: 1, max: 3600, default: 60 } as const;

function checkPrefix(value: unknown, path: Path, found: Findings): string | undefined {
  const prefix = checkText(value, path, found);
  if (prefix === undefined) return undefined;
  if (prefix.length <= MAX_LEDGER_PREFIX_LENGTH && LEDGER_PREFIX.test(prefix)) {
    return prefix.endsWith('/') ? prefix : `${prefix}/`;
  }
  const rule = `1 to ${MAX_LEDGER_PREFIX_LENGTH} letters, digits, "_", "." or "-", in segments separated by "/"`;
  const message = `must be a prefix such as migrations/ (${rule}, not beginning with one), received ${describeValue(prefix)}`;
  refuse(found, path, message);
  return undefined;
}

/** `ledger`, its prefix with `/` at the end. `undefined` when the file has none, and, with problems, when it is not usable. */
export function checkLedger(value: unknown, found: Findings): Ledger | undefined {
  if (value === undefined) return undefined;
  const ledger = checkRecord(value, ['ledger'], 'an object with obs', found);
  if (!ledger) return undefined;
  checkKeys(ledger, ['ledger'], ['obs'], found);
  const path = ['ledger', 'obs'];
  const obs = checkRecord(own(ledger, 'obs'), path, 'an object with bucket and prefix', found);
  if (!obs) return undefined;
  checkKeys(obs, path, ['bucket', 'prefix'], found);
  const bucket = checkBucket(own(obs, 'bucket'), [...path, 'bucket'], found);
  const prefix = checkPrefix(own(obs, 'prefix'), [...path, 'prefix'], found);
  return bucket === undefined || prefix === undefined ? undefined : { obs: { bucket, prefix } };
}

/** `settle_seconds`; the default when it is absent or has a problem. */
export function checkSettleSeconds(value: unknown, found: Findings): number {
  if (value === undefined) return SETTLE_SECONDS.default;
  return checkWhole(value, ['settle_seconds'], SETTLE_SECONDS, found) ?? SETTLE_SECONDS.default;
}

/** Adds the problem of a key that needs memory in a file that has none. */
export function needsLedger(path: Path, found: Findings): void {
  refuse(found, path, 'needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }');
}

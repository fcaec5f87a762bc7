import { addressProblem } from '../migrations/object-address.ts';
import type { Path } from '../schema/check-fields.ts';
import { describeValue } from '../schema/describe-value.ts';
import { checkText, type Findings, refuse } from '../schema/findings.ts';

/** OBS: 3 to 63 of lower-case letters, digits, `-` and `.`, a letter or digit at both ends. */
export const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The name of an OBS bucket; `undefined`, and a problem, when it is none. */
export function checkBucket(value: unknown, path: Path, found: Findings): string | undefined {
  const bucket = checkText(value, path, found);
  if (bucket === undefined || BUCKET_NAME.test(bucket)) return bucket;
  const address = addressProblem(bucket, 'bucket');
  if (address !== undefined) {
    refuse(found, path, address);
    return undefined;
  }
  const rule = '3 to 63 lower-case letters, digits, "-" or "."';
  refuse(found, path, `must be the name of a bucket (${rule}), received ${describeValue(bucket)}`);
  return undefined;
}

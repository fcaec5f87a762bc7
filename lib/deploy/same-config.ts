import { isDeepStrictEqual } from 'node:util';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import { isRecord } from '../kernel/is-record.ts';
import { SECRETS_MARK } from './secrets-mark.ts';

/**
 * Does the actual configuration contain everything desired? The service returns more fields than it was given. JSON strings are compared by
 * value, and empty is equal to absent.
 *
 * Encrypted variables are compared by their mark among the plain ones and, if the service returns their values, by those too.
 */
export function sameConfig(desired: Fields, there: Fields): boolean {
  return differingFields(desired, there).length === 0;
}

/** The desired fields that the actual configuration does not have (see `sameConfig`). */
export function differingFields(desired: Fields, there: Fields): string[] {
  const isSame = (key: string, value: unknown) => {
    if (key === 'encrypted_user_data') return sameSecrets(value, there[key], desired);
    if (key === 'log_config') return sameLogs(value as Fields, there);
    return sameValue(value, there[key]);
  };
  return Object.entries(desired).flatMap(([key, value]) => (isSame(key, value) ? [] : [key]));
}

function sameValue(desired: unknown, there: unknown): boolean {
  if (isEmpty(desired)) return isEmpty(there);
  const [a, b] = [parsed(desired), parsed(there)];
  if (isRecord(a) && isRecord(b)) {
    const isText = typeof desired === 'string';
    // A JSON string must match completely; an object may have additional keys from the service.
    return isText ? isDeepStrictEqual(a, b) : Object.entries(a).every(([key, value]) => sameValue(value, b[key]));
  }
  return isDeepStrictEqual(a, b);
}

/** Compares names and, if they are returned unmasked (not `***`), values. If nothing is returned, the mark decides. */
function sameSecrets(desired: unknown, there: unknown, config: Fields): boolean {
  const [ours, theirs] = [parsed(desired), parsed(there)];
  if (!isRecord(ours)) return false;
  if (!isRecord(theirs)) return isEmpty(ours) || String(config['user_data']).includes(SECRETS_MARK);
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].every((name) => /^\**$/.test(String(theirs[name] ?? 'x')) || ours[name] === theirs[name]);
}

/** Sent as one object, returned as two fields. */
function sameLogs(desired: Fields, there: Fields): boolean {
  return desired['group_id'] === there['log_group_id'] && desired['stream_id'] === there['log_stream_id'];
}

/** A JSON string as its value, and anything else as it is. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('{')) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function isEmpty(value: unknown): boolean {
  const read = parsed(value);
  if (read === undefined || read === null || read === '') return true;
  return isRecord(read) && Object.values(read).every(isEmpty);
}

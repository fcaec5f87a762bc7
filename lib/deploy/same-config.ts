import { isDeepStrictEqual } from 'node:util';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import { isRecord } from '../kernel/is-record.ts';
import { SECRETS_MARK } from './secrets-mark.ts';

/**
 * Is everything that is wanted there? The service answers with more than it was given. Texts that hold JSON are compared by what they say, and
 * what is empty is the same as what is left out.
 *
 * Encrypted variables are compared by their mark among the plain ones; where the service tells their values, by these too.
 */
export function sameConfig(wanted: Fields, there: Fields): boolean {
  return Object.entries(wanted).every(([key, value]) => {
    if (key === 'encrypted_user_data') return sameSecrets(value, there[key], wanted);
    if (key === 'log_config') return sameLogs(value as Fields, there);
    return sameValue(value, there[key]);
  });
}

function sameValue(wanted: unknown, there: unknown): boolean {
  if (isEmpty(wanted)) return isEmpty(there);
  const [a, b] = [parsed(wanted), parsed(there)];
  if (isRecord(a) && isRecord(b)) {
    const isText = typeof wanted === 'string';
    // A JSON text is ours as a whole; an object of the service has keys of its own.
    return isText ? isDeepStrictEqual(a, b) : Object.entries(a).every(([key, value]) => sameValue(value, b[key]));
  }
  return isDeepStrictEqual(a, b);
}

/** Names and values, if it tells them; a value that is masked (`***`) tells nothing. Without any it is the mark that decides. */
function sameSecrets(wanted: unknown, there: unknown, config: Fields): boolean {
  const [ours, theirs] = [parsed(wanted), parsed(there)];
  if (!isRecord(ours)) return false;
  if (!isRecord(theirs)) return isEmpty(ours) || String(config['user_data']).includes(SECRETS_MARK);
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].every((name) => /^\**$/.test(String(theirs[name] ?? 'x')) || ours[name] === theirs[name]);
}

/** Asked for in one object, answered with in two fields. */
function sameLogs(wanted: Fields, there: Fields): boolean {
  return wanted['group_id'] === there['log_group_id'] && wanted['stream_id'] === there['log_stream_id'];
}

function parsed(value: unknown): unknown {
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

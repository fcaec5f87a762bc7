import { addressProblem } from '../migrations/object-address.ts';
import type { Path } from '../schema/check-fields.ts';
import { describeValue } from '../schema/describe-value.ts';
import { checkKeys, checkRecord, checkText, checkWhole, type Findings, own, refuse } from '../schema/findings.ts';
import { checkDuration } from './check-duration.ts';
import type { ObjectSet, SetComplete } from './job.ts';

/** Literal text with `{set}` once, `/` at the end. */
export const SET_BY = /^[^{}*]*\{set\}[^{}*]*\/$/;
/** One segment of a key. */
export const SET_MARKER = /^[^/*{}]{1,255}$/;
/** Of `complete.count`: a task's files; far above the 64 files that a backup has at most (reference of ListBackupFileLinks). */
export const SET_COUNT = { min: 1, max: 1000 } as const;
const MAX_BY_LENGTH = 900;
const DEFAULT_DEADLINE_MS = 6 * 3600 * 1000;

const CONDITIONS = ['marker', 'count', 'quiet'] as const;

function checkComplete(value: unknown, path: Path, found: Findings): SetComplete | undefined {
  const complete = checkRecord(value, path, 'an object with marker, count or quiet', found);
  if (!complete) return undefined;
  const before = found.problems.length;
  checkKeys(complete, path, [...CONDITIONS, 'manifest'], found);
  const [marker, count, quiet] = CONDITIONS.map((key) => own(complete, key));
  if ([marker, count, quiet].every((given) => given === undefined)) {
    refuse(found, path, 'must have at least one of marker, count and quiet');
  }
  const name = marker === undefined ? undefined : checkMarker(marker, [...path, 'marker'], found);
  const whole = count === undefined ? undefined : checkWhole(count, [...path, 'count'], SET_COUNT, found);
  const quietMs = quiet === undefined ? undefined : checkDuration(quiet, [...path, 'quiet'], found);
  const manifest = own(complete, 'manifest');
  if (manifest !== undefined) checkManifest(manifest, marker, [...path, 'manifest'], found);
  if (found.problems.length > before) return undefined;
  return {
    ...(name === undefined ? {} : { marker: name }),
    ...(whole === undefined ? {} : { count: whole }),
    ...(quietMs === undefined ? {} : { quietMs }),
    ...(manifest === true ? { manifest } : {}),
  };
}

function checkMarker(value: unknown, path: Path, found: Findings): string | undefined {
  const name = checkText(value, path, found);
  if (name === undefined || SET_MARKER.test(name)) return name;
  refuse(found, path, `must be the name of an object, such as _SUCCESS, without "/", received ${describeValue(name)}`);
  return undefined;
}

function checkManifest(value: unknown, marker: unknown, path: Path, found: Findings): void {
  if (typeof value !== 'boolean') refuse(found, path, `must be true or false, received ${describeValue(value)}`);
  else if (value && marker === undefined)
    refuse(found, path, 'needs marker: the list of files is the content of that object');
}

/** `object_created.set`; `undefined` when it has a problem. The deadline is 6h when it is absent. */
export function checkSet(value: unknown, path: Path, found: Findings): ObjectSet | undefined {
  const set = checkRecord(value, path, 'an object with by and complete', found);
  if (!set) return undefined;
  checkKeys(set, path, ['by', 'complete', 'deadline'], found);
  const by = checkText(own(set, 'by'), [...path, 'by'], found);
  const address = by === undefined ? undefined : addressProblem(by, 'key');
  if (address !== undefined) refuse(found, [...path, 'by'], address);
  else if (by !== undefined && (by.length > MAX_BY_LENGTH || !SET_BY.test(by))) {
    const rule = 'must be a prefix such as prod/{set}/: {set} once, no other "{", "}" or "*", and "/" at the end';
    refuse(found, [...path, 'by'], `${rule}, received ${describeValue(by)}`);
  }
  const complete = checkComplete(own(set, 'complete'), [...path, 'complete'], found);
  const deadline = own(set, 'deadline');
  const deadlineMs =
    deadline === undefined ? DEFAULT_DEADLINE_MS : checkDuration(deadline, [...path, 'deadline'], found);
  if (by === undefined || !complete || deadlineMs === undefined) return undefined;
  const { quietMs } = complete;
  if (quietMs !== undefined && quietMs >= deadlineMs) {
    const rule = `must be shorter than deadline (${deadline ?? '6h if absent'})`;
    refuse(found, [...path, 'complete', 'quiet'], `${rule}: each set would be given up before it is complete`);
    return undefined;
  }
  return { by, complete, deadlineMs };
}

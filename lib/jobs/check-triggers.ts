import type { ActionKind } from '../migrations/action.ts';
import { ACTIONS } from '../migrations/actions.ts';
import type { Path } from '../schema/check-fields.ts';
import { describeKind } from '../schema/describe-value.ts';
import type { Field } from '../schema/fields.ts';
import { checkKeys, checkRecord, checkText, type Findings, own, refuse } from '../schema/findings.ts';
import { didYouMean } from '../schema/near-name.ts';
import { checkAuth } from './check-auth.ts';
import { checkBucket } from './check-bucket.ts';
import { checkKey } from './check-key.ts';
import { needsLedger } from './check-ledger.ts';
import { frequencyProblem } from './check-schedule.ts';
import { checkSet } from './check-set.ts';
import { cronProblem, rateProblem } from './cron.ts';
import type { JobTriggers, Ledger, Schedule } from './job.ts';

/** What a file says of its ledger. */
interface FileLedger {
  readonly ledger: Ledger | undefined;
  /** Is there a ledger, be it one that has problems or was brought by whoever loads the file? */
  readonly hasLedger: boolean;
}

export const TRIGGER_KINDS = ['object_created', 'schedule', 'request'] as const;

function checkObjectCreated(
  value: unknown,
  path: Path,
  { ledger, hasLedger }: FileLedger,
  found: Findings,
): JobTriggers['object_created'] {
  const record = checkRecord(value, path, 'an object with bucket and key', found);
  if (!record) return undefined;
  checkKeys(record, path, ['bucket', 'key', 'set'], found);
  const bucket = checkBucket(own(record, 'bucket'), [...path, 'bucket'], found);
  const key = checkText(own(record, 'key'), [...path, 'key'], found);
  const given = own(record, 'set');
  if (given !== undefined && !hasLedger) needsLedger([...path, 'set'], found);
  const set = given === undefined ? undefined : checkSet(given, [...path, 'set'], found);
  if (key !== undefined) checkKey(key, [...path, 'key'], { bucket, ledger, set }, found);
  return { bucket: bucket ?? '', key: key ?? '', ...(set ? { set } : {}) };
}

function checkSchedule(value: unknown, path: Path, found: Findings): Schedule | undefined {
  const record = checkRecord(value, path, 'an object with cron or rate', found);
  if (!record) return undefined;
  checkKeys(record, path, ['cron', 'rate'], found);
  const [cron, rate] = [own(record, 'cron'), own(record, 'rate')];
  if ((cron === undefined) === (rate === undefined)) {
    refuse(found, path, 'must have exactly one of cron and rate');
    return undefined;
  }
  const [kind, given, check] =
    rate === undefined ? (['cron', cron, cronProblem] as const) : (['rate', rate, rateProblem] as const);
  const text = checkText(given, [...path, kind], found);
  if (text === undefined) return undefined;
  const problem = check(text) ?? (kind === 'cron' ? frequencyProblem(text) : undefined);
  if (problem) refuse(found, [...path, kind], problem);
  return kind === 'cron' ? { cron: text } : { rate: text };
}

function holdsSecret(field: Field): boolean {
  if (field.type === 'secret') return true;
  if (field.type === 'list') return holdsSecret(field.of);
  return field.type === 'object' && Object.values(field.fields).some(holdsSecret);
}

/** The fields of an action that a job may accept from a caller: none that holds a secret, but a target, which a caller names. */
export function acceptableFields(kind: ActionKind): string[] {
  return Object.entries(ACTIONS[kind].fields)
    .filter(([name, field]) => name === 'target_instance' || !holdsSecret(field))
    .map(([name]) => name);
}

function checkRequest(
  value: unknown,
  path: Path,
  kind: ActionKind | undefined,
  found: Findings,
): JobTriggers['request'] {
  const record = checkRecord(value, path, 'an object, {} when callers may set nothing', found);
  if (!record) return undefined;
  checkKeys(record, path, ['accepts', 'auth'], found);
  const auth = checkAuth(own(record, 'auth'), [...path, 'auth'], found);
  const accepts = checkAccepts(own(record, 'accepts'), [...path, 'accepts'], kind, found);
  return { accepts, ...(auth === undefined ? {} : { auth }) };
}

function checkAccepts(given: unknown, at: Path, kind: ActionKind | undefined, found: Findings): string[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    refuse(found, at, `must be a list of field names, received ${describeKind(given)}`);
    return [];
  }
  const accepts: string[] = [];
  for (const [i, item] of given.entries()) {
    const name = checkText(item, [...at, i], found);
    if (name === undefined) continue;
    if (accepts.includes(name)) refuse(found, [...at, i], `names ${JSON.stringify(name)} twice`);
    else if (kind && !acceptableFields(kind).includes(name)) {
      const secret = Object.hasOwn(ACTIONS[kind].fields, name);
      refuse(
        found,
        [...at, i],
        secret
          ? `${name} holds a password, which no caller may send`
          : `is no field of ${kind}: ${JSON.stringify(name.slice(0, 64))}${didYouMean(name, acceptableFields(kind))}`,
      );
    }
    accepts.push(name);
  }
  return accepts;
}

/** The triggers of a job; those of them that are usable, when there are problems. `kind` is that of its action, if it has one. */
export function checkTriggers(
  value: unknown,
  path: Path,
  file: FileLedger & { readonly kind: ActionKind | undefined },
  found: Findings,
): JobTriggers {
  const record = checkRecord(value, path, `an object with ${TRIGGER_KINDS.join(', ')}`, found);
  if (!record) return {};
  checkKeys(record, path, TRIGGER_KINDS, found);
  const [object, schedule, request] = TRIGGER_KINDS.map((name) => own(record, name));
  if (object === undefined && schedule === undefined && request === undefined) {
    refuse(found, path, `must have at least one of ${TRIGGER_KINDS.join(', ')}`);
  }
  const created =
    object === undefined ? undefined : checkObjectCreated(object, [...path, 'object_created'], file, found);
  const timer = schedule === undefined ? undefined : checkSchedule(schedule, [...path, 'schedule'], found);
  const asked = request === undefined ? undefined : checkRequest(request, [...path, 'request'], file.kind, found);
  return {
    ...(created ? { object_created: created } : {}),
    ...(timer ? { schedule: timer } : {}),
    ...(asked ? { request: asked } : {}),
  };
}

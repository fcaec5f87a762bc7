import type { Problem } from '../errors.ts';
import { ACTION_KINDS, type ActionKind, type Target } from '../migrations/action.ts';
import { ACTIONS, checkAction } from '../migrations/actions.ts';
import { checkFields, type Path } from '../migrations/check-fields.ts';
import { describeKind, describeValue, isRecord } from '../migrations/describe-value.ts';
import type { Field, FieldTable } from '../migrations/fields.ts';
import { didYouMean, unknownName } from '../migrations/near-name.ts';
import { hasBrokenPlaceholder, hasPlaceholder, placeholdersOf } from '../placeholder-syntax.ts';
import type { SecretReference } from '../secret.ts';
import { cronProblem, rateProblem } from './cron.ts';
import { globProblem } from './glob.ts';
import type { Job, Jobs, JobTriggers, Schedule } from './job.ts';
import { PLACEHOLDER_PATHS, providerOf, requestField, stringsIn } from './placeholders.ts';
import { isTimeZone } from './time-zone.ts';

export const JOB_NAME = /^[a-z][a-z0-9-]{0,39}$/;
export const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** `ap-southeast-3`, `cn-north-4`, `my-kualalumpur-1`, `eu-west-101`. */
export const REGION = /^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,3}$/;
/** OBS: 3 to 63 of lower-case letters, digits, `-` and `.`, a letter or digit at both ends. */
export const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
export const TRIGGER_KINDS = ['object_created', 'schedule', 'request'] as const;

const TOP_KEYS = ['version', 'region', 'time_zone', 'targets', 'jobs'] as const;
/** Keys of the design that nothing gives life to yet. */
const LATER_TOP_KEYS = ['ledger', 'settle_seconds'];
const LATER_JOB_KEYS = [
  'overlap',
  'limit',
  'deadline',
  'preflight',
  'sweep',
  'notify',
  'on_failure',
  'stop_when',
  'dry_run',
];
const LATER_ACTION_KEYS: Readonly<Record<ActionKind, readonly string[]>> = {
  backup_import: ['backup_target_first'],
  online_migration: ['configure'],
  server_migration: ['target', 'start', 'confirm_format'],
};
const LATER_BACKUP_FILES_KEYS = ['latest_of', 'copy_first'];

const TARGET_FIELDS: FieldTable = {
  id: { type: 'string', must: true, min: 1, doc: 'Id of the DCS instance.' },
  password: {
    type: 'secret',
    doc: 'Password of its default account, as { user_data: NAME }: the name of an encrypted variable of the function.',
  },
};

/** What `checkJobs` found. `jobs` is there exactly when there are no problems. */
export interface CheckedJobs {
  readonly jobs?: Jobs;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

function refuse(found: Findings, path: Path, message: string): void {
  found.problems.push({ path, message });
}

/** The object's own value of a key; `undefined` when it has none. */
function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Refuses keys that are not known, and those that are known and have no effect yet. */
function checkKeys(
  record: Record<string, unknown>,
  path: Path,
  known: readonly string[],
  later: readonly string[],
  found: Findings,
): void {
  for (const key of Object.keys(record)) {
    if (later.includes(key)) refuse(found, [...path, key], 'is not yet supported');
    else if (!known.includes(key)) refuse(found, [...path, key], unknownName('key', key, known));
  }
}

function checkRecord(value: unknown, path: Path, what: string, found: Findings): Record<string, unknown> | undefined {
  if (isRecord(value)) return value;
  const given = value === undefined ? 'is missing' : `must be ${what}, received ${describeKind(value)}`;
  refuse(found, path, given);
  return undefined;
}

function checkText(value: unknown, path: Path, found: Findings): string | undefined {
  if (typeof value === 'string') return value;
  refuse(found, path, value === undefined ? 'is missing' : `must be a text, received ${describeValue(value)}`);
  return undefined;
}

function checkRegion(value: unknown, found: Findings): string {
  const region = checkText(value, ['region'], found);
  if (region !== undefined && !REGION.test(region)) {
    refuse(found, ['region'], `must be the id of a region such as ap-southeast-3, received ${describeValue(region)}`);
  }
  return region ?? '';
}

function checkTimeZone(value: unknown, found: Findings): string | undefined {
  if (value === undefined) return undefined;
  const zone = checkText(value, ['time_zone'], found);
  if (zone !== undefined && !isTimeZone(zone)) {
    refuse(found, ['time_zone'], `must be a time zone such as Europe/Berlin, received ${describeValue(zone)}`);
  }
  return zone;
}

function checkTargets(value: unknown, found: Findings): Map<string, Target> {
  const targets = new Map<string, Target>();
  if (value === undefined) return targets;
  const record = checkRecord(value, ['targets'], 'an object of targets by name', found);
  for (const [name, given] of Object.entries(record ?? {})) {
    const path = ['targets', name];
    if (!TARGET_NAME.test(name)) {
      refuse(found, path, 'the name must have 1 to 64 letters, digits, "_", "." or "-", the first a letter or digit');
    }
    const checked = checkFields(TARGET_FIELDS, given, { mode: 'filled', path });
    found.problems.push(...checked.problems);
    const { id, password } = checked.value;
    if (typeof id === 'string' && hasPlaceholder(id))
      refuse(found, [...path, 'id'], 'placeholders are not filled here');
    // Also a target with a problem is known by its name: nothing else is wrong where it is used.
    targets.set(name, {
      id: typeof id === 'string' ? id : '',
      ...(password === undefined ? {} : { password: password as SecretReference }),
    });
  }
  return targets;
}

function checkObjectCreated(value: unknown, path: Path, found: Findings): JobTriggers['object_created'] {
  const record = checkRecord(value, path, 'an object with bucket and key', found);
  if (!record) return undefined;
  checkKeys(record, path, ['bucket', 'key'], ['set'], found);
  const bucket = checkText(own(record, 'bucket'), [...path, 'bucket'], found);
  if (bucket !== undefined && !BUCKET_NAME.test(bucket)) {
    const rule = '3 to 63 lower-case letters, digits, "-" or "."';
    refuse(found, [...path, 'bucket'], `must be the name of a bucket (${rule}), received ${describeValue(bucket)}`);
  }
  const key = checkText(own(record, 'key'), [...path, 'key'], found);
  const problem = key === undefined ? undefined : globProblem(key);
  if (problem) refuse(found, [...path, 'key'], problem);
  return { bucket: bucket ?? '', key: key ?? '' };
}

function checkSchedule(value: unknown, path: Path, found: Findings): Schedule | undefined {
  const record = checkRecord(value, path, 'an object with cron or rate', found);
  if (!record) return undefined;
  checkKeys(record, path, ['cron', 'rate'], [], found);
  const [cron, rate] = [own(record, 'cron'), own(record, 'rate')];
  if ((cron === undefined) === (rate === undefined)) {
    refuse(found, path, 'must have exactly one of cron and rate');
    return undefined;
  }
  const [kind, given, check] =
    rate === undefined ? (['cron', cron, cronProblem] as const) : (['rate', rate, rateProblem] as const);
  const text = checkText(given, [...path, kind], found);
  if (text === undefined) return undefined;
  const problem = check(text);
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
  checkKeys(record, path, ['accepts'], ['auth'], found);
  const given = own(record, 'accepts');
  if (given === undefined) return { accepts: [] };
  const at = [...path, 'accepts'];
  if (!Array.isArray(given)) {
    refuse(found, at, `must be a list of field names, received ${describeKind(given)}`);
    return { accepts: [] };
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
  return { accepts };
}

function checkTriggers(value: unknown, path: Path, kind: ActionKind | undefined, found: Findings): JobTriggers {
  const record = checkRecord(value, path, `an object with ${TRIGGER_KINDS.join(', ')}`, found);
  if (!record) return {};
  checkKeys(record, path, TRIGGER_KINDS, [], found);
  const [object, schedule, request] = TRIGGER_KINDS.map((name) => own(record, name));
  if (object === undefined && schedule === undefined && request === undefined) {
    refuse(found, path, `must have at least one of ${TRIGGER_KINDS.join(', ')}`);
  }
  const created = object === undefined ? undefined : checkObjectCreated(object, [...path, 'object_created'], found);
  const timer = schedule === undefined ? undefined : checkSchedule(schedule, [...path, 'schedule'], found);
  const asked = request === undefined ? undefined : checkRequest(request, [...path, 'request'], kind, found);
  return {
    ...(created ? { object_created: created } : {}),
    ...(timer ? { schedule: timer } : {}),
    ...(asked ? { request: asked } : {}),
  };
}

/** Which of an action's fields each trigger supplies: a job may leave out what all of its triggers do. */
function suppliedFields(on: JobTriggers, kind: ActionKind): Map<string, Set<string>> {
  const supplied = new Map<string, Set<string>>();
  if (on.object_created) supplied.set('object_created', new Set(kind === 'backup_import' ? ['backup_files'] : []));
  if (on.schedule) supplied.set('schedule', new Set());
  if (on.request) supplied.set('request', new Set(on.request.accepts));
  return supplied;
}

function checkPlaceholders(fields: Record<string, unknown>, path: Path, on: JobTriggers, found: Findings): void {
  const triggers = TRIGGER_KINDS.filter((name) => on[name] !== undefined);
  for (const { text, path: inner } of stringsIn(fields)) {
    const at = [...path, ...inner];
    if (hasBrokenPlaceholder(text)) refuse(found, at, 'has "{{" that does not begin a {{ placeholder }}');
    for (const placeholder of new Set(placeholdersOf(text))) {
      const shown = `{{ ${placeholder.slice(0, 64)} }}`;
      const provider = providerOf(placeholder);
      if (provider === undefined) {
        refuse(found, at, `${shown} is not known; known are ${PLACEHOLDER_PATHS.join(', ')}`);
      } else if (requestField(placeholder)?.name.toLowerCase() === 'password') {
        refuse(found, at, `${shown}: no caller may send a password`);
      } else if (provider !== 'any' && triggers.length > 0 && !triggers.includes(provider)) {
        refuse(found, at, `${shown} has no value: the job has no ${provider} trigger`);
      } else if (provider !== 'any' && triggers.length > 1) {
        const message = `${shown} has a value only when started by ${provider}; runs started otherwise will be refused`;
        found.warnings.push({ path: at, message });
      }
    }
  }
}

/** The action's object without the keys that are not yet supported, each of which is refused. */
function withoutLaterKeys(kind: ActionKind, value: unknown, path: Path, found: Findings): unknown {
  if (!isRecord(value)) return value;
  const fields = { ...value };
  for (const key of LATER_ACTION_KEYS[kind].filter((later) => Object.hasOwn(fields, later))) {
    refuse(found, [...path, key], 'is not yet supported');
    delete fields[key];
  }
  const files = kind === 'backup_import' ? own(fields, 'backup_files') : undefined;
  if (!isRecord(files)) return fields;
  const later = LATER_BACKUP_FILES_KEYS.filter((key) => Object.hasOwn(files, key));
  for (const key of later) refuse(found, [...path, 'backup_files', key], 'is not yet supported');
  if (later.length > 0) delete fields['backup_files'];
  return fields;
}

function checkActionOf(
  job: Record<string, unknown>,
  path: Path,
  kind: ActionKind,
  on: JobTriggers,
  targets: ReadonlyMap<string, Target>,
  found: Findings,
): Record<string, unknown> {
  const at = [...path, kind];
  const given = own(job, kind);
  const fields = withoutLaterKeys(kind, given, at, found);
  const dropped =
    isRecord(given) && isRecord(fields) ? Object.keys(given).filter((key) => !Object.hasOwn(fields, key)) : [];
  const supplied = suppliedFields(on, kind);
  const names = Object.keys(ACTIONS[kind].fields);
  const optional = new Set([
    ...names.filter((name) => supplied.size > 0 && [...supplied.values()].every((set) => set.has(name))),
    ...dropped,
  ]);
  const checked = checkAction(kind, fields, { mode: 'file', path: at, optional, targets });
  found.warnings.push(...checked.warnings);
  for (const problem of checked.problems) {
    const name = problem.path[at.length];
    const [without] = [...supplied].filter(([, set]) => !set.has(String(name))).map(([trigger]) => trigger);
    const partly = [...supplied.values()].some((set) => set.has(String(name)));
    const hint = partly && without !== undefined ? `: runs started by ${without} would not have it` : '';
    const missing = problem.path.length === at.length + 1 && problem.message === 'is missing';
    found.problems.push(missing ? { ...problem, message: `is missing${hint}` } : problem);
  }
  checkPlaceholders(checked.value, at, on, found);
  return checked.value;
}

function checkJob(
  name: string,
  value: unknown,
  targets: ReadonlyMap<string, Target>,
  found: Findings,
): Job | undefined {
  const path = ['jobs', name];
  if (!JOB_NAME.test(name)) {
    refuse(found, path, 'the name must have 1 to 40 lower-case letters, digits or "-", the first a letter');
  }
  const record = checkRecord(value, path, 'an object with "on" and an action', found);
  if (!record) return undefined;
  checkKeys(record, path, ['on', ...ACTION_KINDS], LATER_JOB_KEYS, found);
  const kinds = ACTION_KINDS.filter((kind) => own(record, kind) !== undefined);
  const on = checkTriggers(own(record, 'on'), [...path, 'on'], kinds.length === 1 ? kinds[0] : undefined, found);
  if (kinds.length !== 1) {
    const given = kinds.length === 0 ? 'it has none' : `it has ${kinds.join(' and ')}`;
    refuse(found, path, `must have exactly one of ${ACTION_KINDS.join(', ')}; ${given}`);
  }
  const fields = kinds.map((kind) => checkActionOf(record, path, kind, on, targets, found));
  const [kind] = kinds;
  return kind && { name, on, kind, fields: fields[0] ?? {} };
}

/**
 * Checks the document of a jobs file and reports everything that is wrong with it at once.
 *
 * Throws nothing. No message shows what was given where a secret may stand.
 */
export function checkJobs(document: unknown): CheckedJobs {
  const found: Findings = { problems: [], warnings: [] };
  const record = checkRecord(document ?? null, [], 'an object with version, region and jobs', found);
  if (!record) return found;
  checkKeys(record, [], TOP_KEYS, LATER_TOP_KEYS, found);
  const version = own(record, 'version');
  if (version !== 1) {
    refuse(
      found,
      ['version'],
      version === undefined ? 'is missing; write 1' : `must be 1, received ${describeValue(version)}`,
    );
  }
  const region = checkRegion(own(record, 'region'), found);
  const timeZone = checkTimeZone(own(record, 'time_zone'), found);
  const targets = checkTargets(own(record, 'targets'), found);
  const given = checkRecord(own(record, 'jobs'), ['jobs'], 'an object of jobs by name', found);
  const jobs = new Map<string, Job>();
  for (const [name, value] of Object.entries(given ?? {})) {
    const job = checkJob(name, value, targets, found);
    if (job) jobs.set(name, job);
  }
  if (given && Object.keys(given).length === 0) refuse(found, ['jobs'], 'has no job');
  if (found.problems.length > 0) return found;
  return {
    jobs: { version: 1, region, ...(timeZone === undefined ? {} : { timeZone }), targets, jobs },
    ...found,
  };
}

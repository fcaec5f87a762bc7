import type { Trigger } from '../events/trigger.ts';
import { formatPath, type Problem, RunError } from '../kernel/errors.ts';
import type { ActionKind } from '../migrations/action.ts';
import { fieldsAlong } from '../migrations/fields-along.ts';
import { type Path, problemLine } from '../schema/findings.ts';
import { placeholdersOf, replacePlaceholders } from '../schema/placeholder-syntax.ts';
import { cronTimeZone } from './cron.ts';
import type { Job } from './job.ts';
import { keyProblem } from './key-problem.ts';
import { placeholderRequestFields, providerOf, requestField } from './placeholders.ts';
import { dateInZone } from './time-zone.ts';

type Scalar = string | number | boolean;

/** The values of placeholders. They contain no secrets and may be recorded. */
export interface TriggerValues {
  readonly job: string;
  readonly time: { readonly iso: string; readonly date: string };
  readonly object?: {
    readonly bucket: string;
    readonly key: string;
    /** Last segment of the key; for a set, what `{set}` matched. */
    readonly name: string;
    readonly size?: number;
    readonly version?: string;
  };
  /** Only the fields that the job's placeholders use. */
  readonly request?: {
    readonly body: Readonly<Record<string, Scalar>>;
    readonly query: Readonly<Record<string, Scalar>>;
  };
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function pick(from: Readonly<Record<string, unknown>>, names: Iterable<string>): Record<string, Scalar> {
  const picked: Record<string, Scalar> = {};
  for (const name of names) {
    const value = Object.hasOwn(from, name) ? from[name] : undefined;
    if (isScalar(value)) Object.defineProperty(picked, name, { value, enumerable: true });
  }
  return picked;
}

/**
 * The values that a trigger provides for the placeholders of a job.
 *
 * `time.date` is the date in the zone of the job's cron for a tick, else in the file's `time_zone`, else the date as written in the event's time: its
 * first ten characters.
 */
export function triggerValues(
  job: Job,
  trigger: Trigger,
  options: { readonly timeZone?: string | undefined },
): TriggerValues {
  const { schedule } = job.on;
  const cronZone = trigger.kind === 'tick' && schedule && 'cron' in schedule ? cronTimeZone(schedule.cron) : undefined;
  const zone = cronZone ?? options.timeZone;
  const date = (zone === undefined ? undefined : dateInZone(trigger.time, zone)) ?? trigger.time.slice(0, 10);
  const always = { job: job.name, time: { iso: trigger.time, date } };
  if (trigger.kind === 'object') {
    const { bucket, key, size, versionId } = trigger;
    const object = {
      bucket,
      key,
      name: trigger.set?.name ?? key.slice(key.lastIndexOf('/') + 1),
      ...(size === undefined ? {} : { size }),
      ...(versionId === undefined ? {} : { version: versionId }),
    };
    return { ...always, object };
  }
  if (trigger.kind === 'tick') return always;
  const used = placeholderRequestFields(job);
  return { ...always, request: { body: pick(trigger.body, used.body), query: pick(trigger.query, used.query) } };
}

function valueAt(values: TriggerValues, path: string): string | undefined {
  const field = requestField(path);
  let value: unknown = field ? values.request : values;
  for (const key of field ? [field.part, field.name] : path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
  }
  return isScalar(value) ? String(value) : undefined;
}

interface Filling {
  readonly kind: ActionKind;
  readonly values: TriggerValues;
  readonly missing: Problem[];
  readonly refused: Problem[];
}

function fillString(text: string, path: Path, { kind, values, missing, refused }: Filling): string {
  const filled = replacePlaceholders(text, (placeholder) => {
    const found = valueAt(values, placeholder);
    if (found !== undefined) return found;
    const field = requestField(placeholder);
    missing.push(
      field?.part === 'body'
        ? { path: [field.name], message: `is missing: ${formatPath(path)} of the job uses it` }
        : { path, message: `{{ ${placeholder} }} has no value in what started this run` },
    );
    return '';
  });
  const outside = placeholdersOf(text).filter((placeholder) => providerOf(placeholder) !== 'any');
  const field = fieldsAlong(kind, path).at(-1);
  if (outside.length === 0 || field?.type !== 'string' || !field.objectKey) return filled;
  // The check applies to the result, in which placeholders and the job's own text are joined.
  const problem = keyProblem(filled);
  if (problem === undefined) return filled;
  const bodyField = outside.map(requestField).find((one) => one?.part === 'body');
  refused.push({
    path: bodyField ? [bodyField.name] : path,
    message: `${formatPath(path)} of the job, filled in, ${problem}`,
  });
  return filled;
}

function fillValue(value: unknown, path: Path, filling: Filling): unknown {
  if (typeof value === 'string') return fillString(value, path, filling);
  if (Array.isArray(value)) return value.map((item, i) => fillValue(item, [...path, i], filling));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillValue(item, [...path, key], filling)]),
  );
}

/**
 * The action's fields with every placeholder filled once: inserted values are not expanded again. Numbers become strings. A field from the caller
 * replaces the whole field of the job, and is used as is.
 *
 * @throws {RunError} `missing_value` with every placeholder that has no value; `invalid_fields` with every object key that an inserted value leads out
 * of its folder (lib/jobs/key-problem.ts). The path is that of the body's field for `request.body.x`, else that of the action's field. A retry does
 * not help
 */
export function fillFields(
  job: Job,
  values: TriggerValues,
  callerFields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const filling: Filling = { kind: job.kind, values, missing: [], refused: [] };
  const own = Object.entries(job.fields).filter(([name]) => !Object.hasOwn(callerFields, name));
  const filled = Object.fromEntries(own.map(([name, value]) => [name, fillValue(value, [name], filling)]));
  for (const [code, problems] of [
    ['missing_value', filling.missing],
    ['invalid_fields', filling.refused],
  ] as const) {
    if (problems.length > 0) throw new RunError(code, `fill in job ${job.name}: ${problemLine(problems)}`, problems);
  }
  return { ...filled, ...callerFields };
}

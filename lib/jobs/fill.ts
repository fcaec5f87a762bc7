import { formatPath, type Problem, RunError } from '../errors.ts';
import type { Trigger } from '../events/trigger.ts';
import { replacePlaceholders } from '../placeholder-syntax.ts';
import { cronTimeZone } from './cron.ts';
import type { Job } from './job.ts';
import { placeholderRequestFields, requestField } from './placeholders.ts';
import { dateInZone } from './time-zone.ts';

type Scalar = string | number | boolean;

/** What placeholders are filled with. It holds no secrets and may be recorded. */
export interface TriggerValues {
  readonly job: string;
  readonly time: { readonly iso: string; readonly date: string };
  readonly object?: {
    readonly bucket: string;
    readonly key: string;
    /** Last segment of the key; of a set, what `{set}` stands for. */
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
 * The values that a trigger gives to the placeholders of a job.
 *
 * `time.date` is the date in the zone of the job's cron when a timer ticked, else in the file's `time_zone`, else as the event's own
 * time is written: its first ten characters.
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

function fillValue(
  value: unknown,
  path: readonly (string | number)[],
  values: TriggerValues,
  problems: Problem[],
): unknown {
  if (typeof value === 'string') {
    return replacePlaceholders(value, (placeholder) => {
      const found = valueAt(values, placeholder);
      if (found !== undefined) return found;
      const field = requestField(placeholder);
      problems.push(
        field?.part === 'body'
          ? { path: [field.name], message: `is missing: ${formatPath(path)} of the job needs it` }
          : { path, message: `{{ ${placeholder} }} has no value in what started this run` },
      );
      return '';
    });
  }
  if (Array.isArray(value)) return value.map((item, i) => fillValue(item, [...path, i], values, problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillValue(item, [...path, key], values, problems)]),
  );
}

/**
 * The action's fields with every placeholder filled, once: what is inserted is not looked at again. Numbers become text. A field that
 * the caller gives replaces the job's whole, and is taken as it is.
 *
 * @throws {RunError} `missing_value` with every placeholder that has no value: its path is that of the body's field for
 * `request.body.x`, else that of the action's field. A retry does not help
 */
export function fillFields(
  job: Job,
  values: TriggerValues,
  callerFields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const problems: Problem[] = [];
  const own = Object.entries(job.fields).filter(([name]) => !Object.hasOwn(callerFields, name));
  const filled = Object.fromEntries(own.map(([name, value]) => [name, fillValue(value, [name], values, problems)]));
  if (problems.length > 0) {
    const lines = problems.map((problem) => `${formatPath(problem.path)}: ${problem.message}`);
    throw new RunError('missing_value', `fill in job ${job.name}: ${lines.join('; ')}`, problems);
  }
  return { ...filled, ...callerFields };
}

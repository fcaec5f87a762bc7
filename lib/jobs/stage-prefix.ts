import { isRecord } from '../kernel/is-record.ts';

/**
 * A jobs document as a stage with a prefix of its own uses it: the ledger and everything that jobs watch are below the prefix. Two stages with
 * different prefixes share no bucket rule and no ledger. Values that are not as expected stay as they are, so that a check reports them.
 *
 * @param prefix such as `staging/`; empty: the document itself
 */
export function withStagePrefix(document: unknown, prefix: string): unknown {
  if (prefix === '' || !isRecord(document)) return document;
  const { ledger, jobs } = document;
  return {
    ...document,
    ...(isRecord(ledger) && { ledger: inField(ledger, 'obs', (obs) => below(prefix, obs, ['prefix'])) }),
    ...(isRecord(jobs) && { jobs: mapValues(jobs, (job) => jobBelow(prefix, job)) }),
  };
}

function jobBelow(prefix: string, job: unknown): unknown {
  return inField(job, 'on', (on) =>
    inField(on, 'object_created', (trigger) =>
      inField(below(prefix, trigger, ['key']), 'set', (set) => below(prefix, set, ['by'])),
    ),
  );
}

/** The record with the prefix before its strings of these names. */
function below(prefix: string, value: unknown, names: readonly string[]): unknown {
  if (!isRecord(value)) return value;
  return mapValues(value, (item, name) => (names.includes(name) && typeof item === 'string' ? prefix + item : item));
}

/** The value with one field changed, if it is a record that has it. */
function inField(value: unknown, name: string, change: (field: unknown) => unknown): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? { ...value, [name]: change(value[name]) } : value;
}

function mapValues(record: Record<string, unknown>, change: (value: unknown, name: string) => unknown) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

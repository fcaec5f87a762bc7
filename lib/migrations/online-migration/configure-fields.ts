import type { Problem } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { CheckOptions } from '../../schema/check-fields.ts';
import type { FieldTable, ObjectField } from '../../schema/fields.ts';
import type { Path } from '../../schema/findings.ts';
import { hasPlaceholder } from '../../schema/placeholder-syntax.ts';
import { didYouMean } from '../../schema/suggest.ts';
import type { Target } from '../action.ts';
import { sameInstance } from '../same-instance.ts';

const ADDRESS = '[^\\s,]+:[0-9]{1,5}';

const INSTANCE_FIELDS: FieldTable = {
  id: { type: 'string', min: 1, doc: 'Id of the instance. Required if it is a DCS instance.' },
  addrs: {
    type: 'string',
    pattern: new RegExp(`^(?:${ADDRESS}(?:,${ADDRESS})*)$`, 'u'),
    expected: 'ip:port, or several separated by ","',
    doc: 'Address, ip:port; for a Redis Cluster, all masters separated by commas.',
  },
  password: {
    type: 'secret',
    doc: 'Password of the default account, as { user_data: NAME } or { csms: NAME }. Required if there is one; leave it out if there is none.',
  },
};

/**
 * Body of DCS SetOnlineMigrationTask: every parameter of the API pages and of the SDK's model (huaweicloud-sdk-nodejs-v3 3.1.209).
 *
 * For `bandwidth_limit_mb`, the page's example has a number, its table and Terraform a string: a string is sent.
 */
const CONFIGURE_FIELDS: FieldTable = {
  migration_method: {
    type: 'string',
    required: true,
    values: ['full_amount_migration', 'incremental_migration'],
    doc: 'Full, or full and then incremental. An incremental task does not end by itself.',
  },
  resume_mode: {
    type: 'string',
    required: true,
    values: ['auto', 'manual'],
    doc: 'auto reconnects indefinitely, which may start a new full copy; manual does not.',
  },
  bandwidth_limit_mb: {
    type: 'integer',
    min: 1,
    max: 10240,
    sendAs: 'string',
    absent: 'none',
    doc: 'Limit in MB/s, intended for the incremental phase. Default: {absent}.',
  },
  source_instance: {
    type: 'object',
    required: true,
    destination: true,
    doc: 'The source: id or addrs. In a jobs file, the name of a target is also accepted.',
    fields: INSTANCE_FIELDS,
  },
  target_instance: {
    type: 'object',
    required: true,
    destination: true,
    doc: 'The destination: id or addrs. In a jobs file, the name of a target is also accepted.',
    fields: INSTANCE_FIELDS,
  },
};

export const CONFIGURE: ObjectField = {
  type: 'object',
  doc: 'The configuration of the task, which starts it. Absent: someone else configures it. Needs a ledger.',
  fields: CONFIGURE_FIELDS,
};

/** The fields of `configure` that may be the name of a target. */
export const CONFIGURE_SIDES = ['source_instance', 'target_instance'] as const;

/**
 * `configure` with each name of a target replaced by its object, and the problems of the names. Everything else, and a name that is unknown or not
 * filled yet, is unchanged: see `named`.
 */
export function withNamedInstances(
  configure: unknown,
  targets: ReadonlyMap<string, Target>,
  { mode, path = [] }: CheckOptions,
): {
  readonly fields: unknown;
  readonly problems: readonly Problem[];
  readonly named: Readonly<Record<string, string>>;
} {
  if (!isRecord(configure)) return { fields: configure, problems: [], named: {} };
  const fields = { ...configure };
  const problems: Problem[] = [];
  const named: Record<string, string> = {};
  for (const side of CONFIGURE_SIDES) {
    const name = Object.hasOwn(configure, side) ? configure[side] : undefined;
    if (typeof name !== 'string') continue;
    named[side] = name;
    const target = targets.get(name);
    // An unknown name has its own problem; no other is reported for it.
    fields[side] = target ? { ...target } : { id: name || '-' };
    if (target || (mode === 'file' && hasPlaceholder(name))) continue;
    problems.push({
      path: [...path, side],
      message: `is not the name of a target: ${JSON.stringify(name.slice(0, 64))}${didYouMean(name, targets.keys())}`,
    });
  }
  return { fields, problems, named };
}

/** The rules for `configure` that the API pages give in words. */
export function configureRules(configure: Record<string, unknown>, path: Path): Problem[] {
  const problems: Problem[] = [];
  const sides = CONFIGURE_SIDES.map((side) => configure[side]);
  for (const [i, side] of sides.entries()) {
    if (isRecord(side) && !Object.hasOwn(side, 'id') && !Object.hasOwn(side, 'addrs')) {
      problems.push({ path: [...path, CONFIGURE_SIDES[i] ?? ''], message: 'must have id or addrs' });
    }
  }
  const [source, target] = sides;
  const addressOf = (side: unknown) =>
    isRecord(side) && typeof side['addrs'] === 'string' ? side['addrs'] : undefined;
  const isSameAddress = addressOf(source) !== undefined && addressOf(source) === addressOf(target);
  // Names are already replaced by objects here.
  if (sameInstance(source, target, new Map()) || isSameAddress) {
    problems.push({ path: [...path, 'target_instance'], message: 'is the same instance as the source' });
  }
  return problems;
}

import { isRecord } from '../../kernel/is-record.ts';
import { type CheckOptions, checkFields } from '../../schema/check-fields.ts';
import type { CheckedFields } from '../../schema/findings.ts';
import type { TargetNames } from '../action.ts';
import { configureRules, withNamedInstances } from './configure-fields.ts';
import { ONLINE_MIGRATION_FIELDS, ONLINE_MIGRATION_OWN_KEYS, ONLINE_MIGRATION_SUPPLIED } from './fields.ts';

/**
 * Checks the fields of an online migration. A file may leave out `name`: the job's name is used. Either instance in `configure` may
 * be the name of a target; the checked value keeps the name.
 */
export function checkOnlineMigration(value: unknown, options: CheckOptions & TargetNames): CheckedFields {
  const { mode, path = [], targets } = options;
  const optional = new Set([...(options.optional ?? []), ...(mode === 'file' ? ONLINE_MIGRATION_SUPPLIED : [])]);
  const given = isRecord(value) && Object.hasOwn(value, 'configure') ? value['configure'] : undefined;
  const at = [...path, 'configure'];
  const { fields, problems, named } = withNamedInstances(given, targets, { mode, path: at });
  const checked = checkFields(
    { ...ONLINE_MIGRATION_FIELDS, ...ONLINE_MIGRATION_OWN_KEYS },
    isRecord(value) && fields !== undefined ? { ...value, configure: fields } : value,
    { mode, path, optional },
  );
  const { configure } = checked.value;
  if (!isRecord(configure)) return { ...checked, problems: [...checked.problems, ...problems] };
  return {
    value: { ...checked.value, configure: { ...configure, ...named } },
    problems: [...checked.problems, ...problems, ...configureRules(configure, at)],
    warnings: checked.warnings,
  };
}

import type { Problem } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { type CheckOptions, checkFields } from '../../schema/check-fields.ts';
import type { Field, FieldTable } from '../../schema/fields.ts';
import type { CheckedFields, Path } from '../../schema/findings.ts';
import { SERVER_MIGRATION_FIELDS, SERVER_MIGRATION_SUPPLIED } from './fields.ts';
import { SERVER_MIGRATION_OWN_KEYS, startRules, targetRules } from './server-target.ts';
import { TARGET_SERVER } from './target-server-fields.ts';

function subvolumeRules(value: Record<string, unknown>, path: readonly (string | number)[]): Problem[] {
  const server = value['target_server'];
  const list = isRecord(server) ? server['btrfs_list'] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, i) => {
    if (!isRecord(item)) return [];
    const given = ['subvolume', 'subvolumn'].filter((name) => Object.hasOwn(item, name)).length;
    const at = [...path, 'target_server', 'btrfs_list', i];
    if (given === 0) return [{ path: [...at, 'subvolume'], message: 'is missing (subvolumn is the same)' }];
    return given === 2
      ? [{ path: [...at, 'subvolumn'], message: 'is the same as subvolume: give one of the two' }]
      : [];
  });
}

function doubts(value: Record<string, unknown>, path: readonly (string | number)[]): Problem[] {
  const found: Problem[] = [];
  if (value['os_type'] === 'WINDOWS' && value['type'] === 'MIGRATE_FILE') {
    found.push({
      path: [...path, 'type'],
      message: 'Windows servers can be migrated by blocks only (SMS User Guide): use MIGRATE_BLOCK',
    });
  }
  const priority = value['priority'];
  if (typeof priority === 'number' && priority > 2) {
    found.push({ path: [...path, 'priority'], message: 'only 0 (low), 1 (standard) and 2 (high) have a meaning' });
  }
  return found;
}

/** With `target`, what is given of `target_server` wins, and the rest is derived. */
const DERIVED_FIELDS: FieldTable = {
  ...SERVER_MIGRATION_FIELDS,
  target_server: {
    ...TARGET_SERVER,
    fields: Object.fromEntries(
      Object.entries(TARGET_SERVER.fields).map(([name, { required: _, ...field }]) => [name, field as Field]),
    ),
  },
};

/** The page's own example migrates to an existing server and can't say that its disks may be formatted: so this is no problem. */
function unconfirmed(value: Record<string, unknown>, path: Path): Problem[] {
  if (value['exist_server'] !== true || isRecord(value['target']) || value['confirm_format'] === true) return [];
  const message =
    'the disks of the existing target are formatted, and what is on them is lost; say confirm_format: true';
  return [{ path: [...path, 'exist_server'], message }];
}

/**
 * Checks the fields of a server migration: the table, and what goes with what. `name` may be left out of a file; with `target`,
 * everything but `source_server`.
 */
export function checkServerMigration(value: unknown, options: CheckOptions): CheckedFields {
  const path = options.path ?? [];
  const derived = isRecord(value) && Object.hasOwn(value, 'target');
  const table = derived ? DERIVED_FIELDS : SERVER_MIGRATION_FIELDS;
  const optional = new Set([
    ...(options.optional ?? []),
    ...(options.mode === 'file' ? SERVER_MIGRATION_SUPPLIED : []),
    ...(derived ? Object.keys(table).filter((name) => name !== 'source_server') : []),
  ]);
  const checked = checkFields({ ...table, ...SERVER_MIGRATION_OWN_KEYS }, value, { ...options, optional });
  const problems = [
    ...checked.problems,
    ...subvolumeRules(checked.value, path),
    ...targetRules(checked.value, path),
    ...startRules(checked.value, path),
  ];
  const warnings = [...checked.warnings, ...(options.mode === 'file' ? unconfirmed(checked.value, path) : [])];
  const { is_need_consistency_result: old, ...fields } = checked.value;
  if (old === undefined) return { value: fields, problems, warnings: [...warnings, ...doubts(fields, path)] };
  if (Object.hasOwn(fields, 'is_need_consistency_check')) {
    problems.push({
      path: [...path, 'is_need_consistency_result'],
      message: 'is the same as is_need_consistency_check: give that one alone',
    });
  }
  return {
    value: { ...fields, is_need_consistency_check: old },
    problems,
    warnings: [...warnings, ...doubts(fields, path)],
  };
}

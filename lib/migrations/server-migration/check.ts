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
    if (given === 0) return [{ path: [...at, 'subvolume'], message: 'is missing (subvolumn is accepted too)' }];
    return given === 2
      ? [{ path: [...at, 'subvolumn'], message: 'is the same as subvolume: give only one of them' }]
      : [];
  });
}

function warningsAbout(value: Record<string, unknown>, path: readonly (string | number)[]): Problem[] {
  const found: Problem[] = [];
  if (value['os_type'] === 'WINDOWS' && value['type'] === 'MIGRATE_FILE') {
    found.push({
      path: [...path, 'type'],
      message: 'Windows servers can only be migrated by blocks (SMS User Guide): use MIGRATE_BLOCK',
    });
  }
  const priority = value['priority'];
  if (typeof priority === 'number' && priority > 2) {
    found.push({ path: [...path, 'priority'], message: 'only 0 (low), 1 (standard) and 2 (high) have a meaning' });
  }
  return found;
}

/** With `target`, the given fields of `target_server` take precedence, and the rest is derived. */
const DERIVED_FIELDS: FieldTable = {
  ...SERVER_MIGRATION_FIELDS,
  target_server: {
    ...TARGET_SERVER,
    fields: Object.fromEntries(
      Object.entries(TARGET_SERVER.fields).map(([name, { required: _, ...field }]) => [name, field as Field]),
    ),
  },
};

/** A warning, not a problem: the API page's own example migrates to an existing server, and has no field to confirm the formatting. */
function unconfirmed(value: Record<string, unknown>, path: Path): Problem[] {
  if (value['exist_server'] !== true || isRecord(value['target']) || value['confirm_format'] === true) return [];
  const message = 'the disks of the existing target are formatted and their data is lost; set confirm_format: true';
  return [{ path: [...path, 'exist_server'], message }];
}

/**
 * Checks the fields of a server migration: the table, and the rules between fields. A file may leave out `name`; with `target`, it may leave out
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
  if (old === undefined) return { value: fields, problems, warnings: [...warnings, ...warningsAbout(fields, path)] };
  if (Object.hasOwn(fields, 'is_need_consistency_check')) {
    problems.push({
      path: [...path, 'is_need_consistency_result'],
      message: 'is the same as is_need_consistency_check: give only that one',
    });
  }
  return {
    value: { ...fields, is_need_consistency_check: old },
    problems,
    warnings: [...warnings, ...warningsAbout(fields, path)],
  };
}

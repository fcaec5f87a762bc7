import type { Problem } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { type CheckOptions, checkFields } from '../../schema/check-fields.ts';
import type { CheckedFields, Path } from '../../schema/findings.ts';
import { hasPlaceholder } from '../../schema/placeholder-syntax.ts';
import { didYouMean } from '../../schema/suggest.ts';
import type { TargetNames } from '../action.ts';
import { addressProblem } from '../object-address.ts';
import { sameInstance } from '../same-instance.ts';
import { BACKUP_IMPORT_FIELDS, BACKUP_IMPORT_OWN_KEYS, BACKUP_IMPORT_SUPPLIED, type SOURCES } from './fields.ts';
import { checkLatest, requestsLatest } from './latest-of.ts';

const TABLE = { ...BACKUP_IMPORT_FIELDS, ...BACKUP_IMPORT_OWN_KEYS };

/** The value of `file_source` when it is left out. */
export function impliedSource(files: Record<string, unknown>): (typeof SOURCES)[number] {
  return Object.hasOwn(files, 'backup_id') && !Object.hasOwn(files, 'files') ? 'backup_record' : 'self_build_obs';
}

const SOURCE_RULES = {
  self_build_obs: { needed: ['bucket_name', 'files'], refused: ['backup_id'] },
  backup_record: { needed: ['backup_id'], refused: ['bucket_name', 'files'] },
};

function sourceRules(files: Record<string, unknown>, path: Path, mode: CheckOptions['mode']): Problem[] {
  // A field with an invalid value counts as given: it already has its own problem.
  const has = (name: string) => Object.hasOwn(files, name);
  const source = has('file_source') ? files['file_source'] : impliedSource(files);
  if (mode === 'file' && typeof source === 'string' && hasPlaceholder(source)) return [];
  const rule = source === 'self_build_obs' || source === 'backup_record' ? SOURCE_RULES[source] : undefined;
  if (!rule) return [];
  return [
    ...rule.needed
      .filter((name) => !has(name))
      .map((name) => ({ path: [...path, name], message: `is missing: required with file_source ${source}` })),
    ...rule.refused
      .filter(has)
      .map((name) => ({ path: [...path, name], message: `cannot be used with file_source ${source}` })),
  ];
}

/** Bucket and keys must be names, not addresses. */
function addressRules({ bucket_name: bucket, files }: Record<string, unknown>, path: Path): Problem[] {
  const problemOf = (value: unknown, wanted: 'bucket' | 'key', at: Path): Problem[] => {
    const message = typeof value === 'string' ? addressProblem(value, wanted) : undefined;
    return message === undefined ? [] : [{ path: at, message }];
  };
  const names = Array.isArray(files)
    ? files.map((file: unknown) => (isRecord(file) ? file['file_name'] : undefined))
    : [];
  return [
    ...problemOf(bucket, 'bucket', [...path, 'bucket_name']),
    ...names.flatMap((name, i) => problemOf(name, 'key', [...path, 'files', i, 'file_name'])),
  ];
}

/**
 * Checks the fields of a backup import against the table and the rules that the API page gives in words. `target_instance` may be the name of a
 * target; the checked value keeps the name.
 */
export function checkBackupImport(value: unknown, options: CheckOptions & TargetNames): CheckedFields {
  const { mode, path = [], targets } = options;
  const optional = new Set(options.optional);
  if (mode === 'file') for (const name of BACKUP_IMPORT_SUPPLIED) optional.add(name);
  const target = isRecord(value) && Object.hasOwn(value, 'target_instance') ? value['target_instance'] : undefined;
  const problems: Problem[] = [];
  let fields = value;
  if (typeof target === 'string' && isRecord(value)) {
    optional.add('target_instance');
    const { target_instance: _, ...others } = value;
    fields = others;
    if (!(targets.has(target) || (mode === 'file' && hasPlaceholder(target)))) {
      problems.push({
        path: [...path, 'target_instance'],
        message: `is not the name of a target: ${JSON.stringify(target.slice(0, 64))}${didYouMean(target, targets.keys())}`,
      });
    }
  }
  const asked = isRecord(fields) && Object.hasOwn(fields, 'backup_files') ? fields['backup_files'] : undefined;
  const latest = isRecord(asked) && requestsLatest(asked) ? checkLatest(asked, options) : undefined;
  if (latest && isRecord(fields)) {
    optional.add('backup_files');
    const { backup_files: _, ...others } = fields;
    fields = others;
    problems.push(...latest.problems);
  }
  if (latest && sameInstance(latest.value['latest_of'], target, targets)) {
    const message = 'is the target instance: its own backup would overwrite everything that has changed since';
    problems.push({ path: [...path, 'backup_files', 'latest_of'], message: `${message}; name another instance` });
  }
  const checked = checkFields(TABLE, fields, { mode, path, optional });
  const online =
    isRecord(value) && Object.hasOwn(value, 'migration_type') && value['migration_type'] === 'online_migration';
  const isType = (problem: Problem) =>
    problem.path.length === path.length + 1 && problem.path.at(-1) === 'migration_type';
  problems.push(...checked.problems.filter((problem) => !(online && isType(problem))));
  if (online) {
    problems.push({
      path: [...path, 'migration_type'],
      message: 'online_migration is no longer supported by this operation; use the action online_migration instead',
    });
  }
  const files = checked.value['backup_files'];
  if (isRecord(files)) {
    problems.push(
      ...sourceRules(files, [...path, 'backup_files'], mode),
      ...addressRules(files, [...path, 'backup_files']),
    );
  }
  const copy = {
    ...checked.value,
    ...(latest ? { backup_files: latest.value } : {}),
    ...(typeof target === 'string' ? { target_instance: target } : {}),
  };
  return { value: copy, problems, warnings: checked.warnings };
}

import { DCS_ID } from '../../kernel/dcs-id.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { type CheckOptions, checkFields } from '../../schema/check-fields.ts';
import type { FieldTable } from '../../schema/fields.ts';
import type { CheckedFields } from '../../schema/findings.ts';
import { hasPlaceholder } from '../../schema/placeholder-syntax.ts';
import { didYouMean } from '../../schema/suggest.ts';
import type { LatestBackup, Target, TargetNames } from '../action.ts';

/** Our own keys in `backup_files`: the backup is looked up when the job runs. */
export const BACKUP_FILES_OWN_KEYS: FieldTable = {
  latest_of: {
    type: 'string',
    required: true,
    min: 1,
    destination: true,
    doc: 'Name of a target, or id of a DCS instance, whose newest backup is imported. Replaces the other fields.',
  },
  copy_first: {
    type: 'boolean',
    absent: 'false',
    doc: 'Whether to take a fresh backup of that instance first and import it. Default: {absent}. true needs a ledger.',
  },
};

/** Does a job's `backup_files` request the newest backup of an instance, even if it has problems? */
export function requestsLatest(files: Record<string, unknown>): boolean {
  return Object.keys(BACKUP_FILES_OWN_KEYS).some((key) => Object.hasOwn(files, key));
}

/** Checks a `backup_files` that requests the newest backup. The checked value has only `latest_of` and `copy_first`. */
export function checkLatest(
  files: Record<string, unknown>,
  { mode, path, targets }: CheckOptions & TargetNames,
): CheckedFields {
  const at = [...(path ?? []), 'backup_files'];
  const { file_source: source, ...others } = files;
  const sides = ['bucket_name', 'files', 'backup_id'].filter((name) => Object.hasOwn(others, name));
  const own = Object.fromEntries(Object.entries(others).filter(([name]) => !sides.includes(name)));
  const checked = checkFields(BACKUP_FILES_OWN_KEYS, own, { mode, path: at });
  const problems = [
    ...checked.problems,
    ...sides.map((name) => ({ path: [...at, name], message: 'cannot be used with latest_of' })),
  ];
  if (source !== undefined && source !== 'backup_record') {
    problems.push({ path: [...at, 'file_source'], message: 'must be backup_record with latest_of, or left out' });
  }
  const { latest_of: name } = checked.value;
  const isKnown = (text: string) => targets.has(text) || DCS_ID.test(text) || (mode === 'file' && hasPlaceholder(text));
  if (typeof name === 'string' && !isKnown(name)) {
    problems.push({
      path: [...at, 'latest_of'],
      message: `is neither the name of a target nor the id of an instance: ${JSON.stringify(name.slice(0, 64))}${didYouMean(name, targets.keys())}`,
    });
  }
  return { value: checked.value, problems, warnings: checked.warnings };
}

/** The backup that a checked `backup_files` requests. `undefined` when it names the backup itself. */
export function latestBackup(files: unknown, targets: ReadonlyMap<string, Target>): LatestBackup | undefined {
  if (!isRecord(files) || !requestsLatest(files)) return undefined;
  const { latest_of: name, copy_first: copyFirst } = files;
  return { instanceId: targets.get(String(name))?.id ?? String(name), copyFirst: copyFirst === true };
}

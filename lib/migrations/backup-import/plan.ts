import { isRecord } from '../../kernel/is-record.ts';
import { problemLine, requireNoProblems } from '../../schema/findings.ts';
import type { PlanContext, PlannedTask, Target } from '../action.ts';
import { dcsTaskName } from '../task-name.ts';
import { checkBackupImport, impliedSource } from './check.ts';
import { latestBackup, requestsLatest } from './latest-of.ts';

function withSource(files: unknown): unknown {
  if (!isRecord(files) || Object.hasOwn(files, 'file_source') || requestsLatest(files)) return files;
  return { ...files, file_source: impliedSource(files) };
}

function withTarget(target: unknown, targets: ReadonlyMap<string, Target>): unknown {
  const named = typeof target === 'string' ? targets.get(target) : undefined;
  if (!named) return target;
  return named.password ? { id: named.id, password: named.password } : { id: named.id };
}

function filesOf({ object, set }: Pick<PlanContext, 'object' | 'set'>): unknown {
  const [bucket, keys] = set ? [set.bucket, set.keys] : [object?.bucket, object ? [object.key] : []];
  if (bucket === undefined) return undefined;
  return { file_source: 'self_build_obs', bucket_name: bucket, files: keys.map((key) => ({ file_name: key })) };
}

/**
 * The plan of an import: see `Action.plan`.
 *
 * @throws {RunError} `invalid_fields` with every problem
 */
export function planBackupImport(filled: Readonly<Record<string, unknown>>, context: PlanContext): PlannedTask {
  const { targets, job } = context;
  const given = filled['task_name'];
  const files = filled['backup_files'] === undefined ? filesOf(context) : withSource(filled['backup_files']);
  const name = dcsTaskName(typeof given === 'string' ? given : undefined, job, context.run);
  const checked = checkBackupImport(
    {
      migration_type: 'backupfile_import',
      migration_method: 'full_amount_migration',
      ...filled,
      task_name: given === undefined || typeof given === 'string' ? name : given,
      ...(files === undefined ? {} : { backup_files: files }),
      target_instance: withTarget(filled['target_instance'], targets),
    },
    { mode: 'filled', targets },
  );
  const { backup_target_first: first, ...body } = requireNoProblems(`plan backup_import of job ${job}`, checked);
  const latest = latestBackup(body['backup_files'], targets);
  const target = body['target_instance'];
  return {
    kind: 'backup_import',
    name,
    ...(isRecord(target) && typeof target['id'] === 'string' ? { target: target['id'] } : {}),
    body: latest ? { ...body, backup_files: { file_source: 'backup_record' } } : body,
    warnings: checked.warnings.map((warning) => problemLine([warning])),
    ...(latest ? { latestBackup: latest } : {}),
    ...(first === true ? { backupTargetFirst: first } : {}),
    ...(context.policies ? { policies: context.policies } : {}),
  };
}

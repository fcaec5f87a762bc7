import type { Problem } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import {
  type CheckedFields,
  type CheckOptions,
  checkFields,
  type Path,
  problemLine,
  requireNoProblems,
} from '../../schema/check-fields.ts';
import type { FieldTable } from '../../schema/fields.ts';
import { didYouMean } from '../../schema/near-name.ts';
import { hasPlaceholder } from '../../schema/placeholder-syntax.ts';
import type { Action, PlanContext, Target, TargetNames } from '../action.ts';
import { addressProblem } from '../object-address.ts';
import { resolveSecrets } from '../resolve-secrets.ts';
import { canonicalId, sameInstance } from '../same-instance.ts';
import { dcsTaskName } from '../task-name.ts';
import { dcsTaskState } from '../task-state.ts';
import { asksForLatest, checkLatest, latestBackup } from './latest-of.ts';

const SOURCES = ['self_build_obs', 'backup_record'] as const;
const OBSOLETE =
  'belongs to online migration, which this operation no longer does (API page of 2024-11-06); it is sent as it is';

const INSTANCE_FIELDS: FieldTable = {
  name: { type: 'string', doc: 'Name of the instance.' },
  password: {
    type: 'secret',
    doc: 'Password of the default account, as { user_data: NAME }. Needed if the instance has one; leave it out if it has none.',
  },
  task_status: { type: 'string', doc: 'Status of the task.' },
  ip: { type: 'string', doc: 'IP address of the instance.' },
  port: { type: 'string', doc: 'Port of the instance, as text.' },
  proxy_multi_db: { type: 'boolean', doc: 'Is multi-DB on? Proxy Cluster only.' },
  db: { type: 'string', doc: 'Database.' },
};

/**
 * Body of DCS CreateMigrationTask: every parameter of the API page (English, 2024-11-06) and of the SDK's model
 * (huaweicloud-sdk-nodejs-v3 3.1.209).
 *
 * The page limits no text. `backup_files` is optional in every document and needed in fact. `file_source` follows the page's example,
 * Terraform and the SDK: the Chinese page of 2025-12-17 has its two values swapped. `network_type` is compared without case, for
 * Terraform writes it in capitals.
 */
const BACKUP_IMPORT_FIELDS: FieldTable = {
  task_name: {
    type: 'string',
    must: true,
    doc: "Name of the task. The run's id is added. Left out: the job's name.",
  },
  description: { type: 'string', doc: 'Description of the task.' },
  migration_type: {
    type: 'string',
    must: true,
    values: ['backupfile_import'],
    doc: 'Always backupfile_import, which is what is sent when it is left out.',
  },
  migration_method: {
    type: 'string',
    must: true,
    values: ['full_amount_migration', 'incremental_migration'],
    doc: 'Full or incremental. Left out: full_amount_migration, as in every example of an import.',
  },
  backup_files: {
    type: 'object',
    must: true,
    doc: 'What is imported. Left out: the object that started the run.',
    fields: {
      file_source: {
        type: 'string',
        values: SOURCES,
        doc: 'self_build_obs: files of an OBS bucket; backup_record: a backup of an instance. Always sent; left out, it follows from the other fields.',
      },
      bucket_name: {
        type: 'string',
        min: 1,
        doc: 'OBS bucket, in the region and account of the target instance. Needed with self_build_obs.',
      },
      files: {
        type: 'list',
        min: 1,
        doc: 'Backup files (.rdb, .aof, .zip, .tar.gz), all shards of a cluster. Needed with self_build_obs.',
        of: {
          type: 'object',
          doc: 'One backup file.',
          fields: {
            file_name: { type: 'string', must: true, min: 1, objectKey: true, doc: 'Key of the object in the bucket.' },
            size: {
              type: 'string',
              doc: 'Size as text. The page says bytes, its example 754.0MB; it may be left out.',
            },
            update_at: { type: 'string', doc: 'Time of the last change, YYYY-MM-DD HH:MM:SS; it may be left out.' },
          },
        },
      },
      backup_id: { type: 'string', min: 1, doc: 'Id of the backup. Needed with backup_record.' },
    },
  },
  network_type: {
    type: 'string',
    values: ['vpc', 'vpn', 'VPC', 'VPN'],
    warn: `network_type ${OBSOLETE}`,
    doc: 'Obsolete: network between source and target of an online migration.',
  },
  source_instance: {
    type: 'object',
    destination: true,
    warn: `source_instance ${OBSOLETE}`,
    doc: 'Obsolete: source of an online migration.',
    fields: {
      addrs: { type: 'string', must: true, doc: 'Address of the source Redis, ip:port.' },
      id: { type: 'string', doc: 'Id of the source instance.' },
      ...INSTANCE_FIELDS,
    },
  },
  target_instance: {
    type: 'object',
    must: true,
    destination: true,
    doc: 'The DCS instance that the data goes into; keys that are there already stay, or are overwritten. In a jobs file also the name of a target.',
    fields: {
      id: { type: 'string', must: true, min: 1, doc: 'Id of the target instance.' },
      addrs: { type: 'string', doc: 'Address of the target Redis, ip:port.' },
      ...INSTANCE_FIELDS,
    },
  },
};

/** Mandatory fields that a jobs file may leave out, for `plan` supplies them. */
export const BACKUP_IMPORT_SUPPLIED = ['task_name', 'migration_type', 'migration_method'] as const;

/** Our own keys beside them. */
const BACKUP_IMPORT_OWN_KEYS: FieldTable = {
  backup_target_first: {
    type: 'boolean',
    doc: 'Take a backup of the target before anything is imported into it? Default: false. true needs a ledger.',
  },
};

function impliedSource(files: Record<string, unknown>): (typeof SOURCES)[number] {
  return Object.hasOwn(files, 'backup_id') && !Object.hasOwn(files, 'files') ? 'backup_record' : 'self_build_obs';
}

function sourceRules(files: Record<string, unknown>, path: Path, mode: CheckOptions['mode']): Problem[] {
  // Also what is wrong in itself is there: it has its own problem already.
  const has = (name: string) => Object.hasOwn(files, name);
  const source = has('file_source') ? files['file_source'] : impliedSource(files);
  if (mode === 'file' && typeof source === 'string' && hasPlaceholder(source)) return [];
  const rules = {
    self_build_obs: { needed: ['bucket_name', 'files'], refused: ['backup_id'] },
    backup_record: { needed: ['backup_id'], refused: ['bucket_name', 'files'] },
  };
  const rule = source === 'self_build_obs' || source === 'backup_record' ? rules[source] : undefined;
  if (!rule) return [];
  return [
    ...rule.needed
      .filter((name) => !has(name))
      .map((name) => ({ path: [...path, name], message: `is missing: file_source ${source} needs it` })),
    ...rule.refused
      .filter(has)
      .map((name) => ({ path: [...path, name], message: `does not go with file_source ${source}` })),
  ];
}

/** A bucket and keys are asked for, not their addresses. */
function addressRules({ bucket_name: bucket, files }: Record<string, unknown>, path: Path): Problem[] {
  const judge = (value: unknown, wanted: 'bucket' | 'key', at: Path): Problem[] => {
    const message = typeof value === 'string' ? addressProblem(value, wanted) : undefined;
    return message === undefined ? [] : [{ path: at, message }];
  };
  const names = Array.isArray(files)
    ? files.map((file: unknown) => (isRecord(file) ? file['file_name'] : undefined))
    : [];
  return [
    ...judge(bucket, 'bucket', [...path, 'bucket_name']),
    ...names.flatMap((name, i) => judge(name, 'key', [...path, 'files', i, 'file_name'])),
  ];
}

/**
 * Checks the fields of a backup import: the table, and what the page says in words. `target_instance` may be the name of a target;
 * the checked value has it as it was given.
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
        message: `is no name in targets: ${JSON.stringify(target.slice(0, 64))}${didYouMean(target, targets.keys())}`,
      });
    }
  }
  const asked = isRecord(fields) && Object.hasOwn(fields, 'backup_files') ? fields['backup_files'] : undefined;
  const latest = isRecord(asked) && asksForLatest(asked) ? checkLatest(asked, options) : undefined;
  if (latest && isRecord(fields)) {
    optional.add('backup_files');
    const { backup_files: _, ...others } = fields;
    fields = others;
    problems.push(...latest.problems);
  }
  if (latest && sameInstance(latest.value['latest_of'], target, targets)) {
    const message = 'is the instance that data goes into: its own backup would overwrite what has changed since';
    problems.push({ path: [...path, 'backup_files', 'latest_of'], message: `${message}; name another instance` });
  }
  const table = { ...BACKUP_IMPORT_FIELDS, ...BACKUP_IMPORT_OWN_KEYS };
  const checked = checkFields(table, fields, { mode, path, optional });
  const online =
    isRecord(value) && Object.hasOwn(value, 'migration_type') && value['migration_type'] === 'online_migration';
  const isType = (problem: Problem) =>
    problem.path.length === path.length + 1 && problem.path.at(-1) === 'migration_type';
  problems.push(...checked.problems.filter((problem) => !(online && isType(problem))));
  if (online) {
    problems.push({
      path: [...path, 'migration_type'],
      message: 'online_migration no longer works in this operation; use the action online_migration instead',
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

function withSource(files: unknown): unknown {
  if (!isRecord(files) || Object.hasOwn(files, 'file_source') || asksForLatest(files)) return files;
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

/** Imports backup files into a DCS instance. Creating the task starts it. */
export const backupImport: Action = {
  kind: 'backup_import',
  fields: BACKUP_IMPORT_FIELDS,
  ownKeys: BACKUP_IMPORT_OWN_KEYS,
  stateOf: dcsTaskState,

  plan(filled, context) {
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
  },

  async find(services, planned) {
    const dcs = await services.dcs();
    const tasks = await dcs.listMigrationTasks(planned.name);
    const target = planned.target === undefined ? undefined : canonicalId(planned.target);
    const ours = tasks.find(
      (task) => task.name === planned.name && (!task.targetInstanceId || canonicalId(task.targetInstanceId) === target),
    );
    return ours && { id: ours.id, name: ours.name, status: ours.status };
  },

  async create(services, planned, secret) {
    const dcs = await services.dcs();
    return dcs.createMigrationTask(resolveSecrets(planned.body, secret));
  },
};

import type { DCS_QUESTIONS } from '../../../src/cloud/open-questions/dcs-questions.ts';
import { codeOf, type Observations, send, type World } from './observation.ts';

export const CACHE = '11111111-1111-1111-1111-111111111111';
const CACHE_PASSWORD = 'target-secret';
const OTHER_CACHE = '22222222-2222-2222-2222-222222222222';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';
export const INSTANCES = [
  { id: CACHE, name: 'cache', password: CACHE_PASSWORD },
  { id: OTHER_CACHE, name: 'other' },
];
const NETWORK = {
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};
const MINUTE = 60_000;

interface ImportChanges {
  readonly task_name?: string;
  readonly description?: string | null;
  readonly surprise?: number;
  readonly files?: readonly string[];
  readonly password?: string;
}

function createImport(
  world: World,
  { files = ['dump.rdb'], password = CACHE_PASSWORD, ...changes }: ImportChanges = {},
) {
  return send(world, 'POST', '/migration-task', {
    task_name: 'restore-one',
    migration_type: 'backupfile_import',
    migration_method: 'full_amount_migration',
    backup_files: {
      file_source: 'self_build_obs',
      bucket_name: 'backups',
      files: files.map((file_name) => ({ file_name })),
    },
    target_instance: { id: CACHE, password },
    ...changes,
  });
}

async function importTask(world: World, changes: ImportChanges = {}): Promise<string> {
  return String((await createImport(world, changes)).json['id']);
}

function createOnline(world: World, name = 'session-cache') {
  return send(world, 'POST', '/migration/instance', { name, ...NETWORK });
}

async function onlineTask(world: World, name?: string): Promise<string> {
  return String((await createOnline(world, name)).json['instance_id']);
}

async function syncedTask(world: World): Promise<string> {
  const id = await onlineTask(world);
  world.clock.advance(MINUTE);
  await send(world, 'POST', `/migration/${id}/task`, {
    migration_method: 'incremental_migration',
    resume_mode: 'auto',
    source_instance: { addrs: '10.0.0.1:6379' },
    target_instance: { id: OTHER_CACHE },
  });
  world.clock.advance(MINUTE);
  return id;
}

type Row = Readonly<Record<string, unknown>>;

async function list(world: World, query = ''): Promise<readonly Row[]> {
  return (await send(world, 'GET', `/migration-tasks${query}`)).json['migration_tasks'] as Row[];
}

async function names(world: World, query = ''): Promise<string> {
  return (await list(world, query)).map((row) => row['task_name']).join(' ');
}

async function show(world: World, id: string): Promise<Row> {
  return (await send(world, 'GET', `/migration-task/${id}`)).json;
}

/** The state of the task of a create call that was accepted, two minutes later; else its status and code. */
async function endOfImport(world: World, changes: ImportChanges): Promise<unknown> {
  const reply = await createImport(world, changes);
  if (reply.status !== 200) return codeOf(reply);
  if (reply.json['status'] !== 'MIGRATING') return `at once ${reply.json['status']}`;
  world.clock.advance(2 * MINUTE);
  return (await show(world, String(reply.json['id'])))['status'];
}

async function backups(world: World): Promise<{ status: number; json: Record<string, unknown> }> {
  return send(world, 'GET', `/instances/${CACHE}/backups?limit=100`);
}

async function takeBackup(world: World, remark: string): Promise<void> {
  await send(world, 'POST', `/instances/${CACHE}/backups`, { remark });
  world.clock.advance(6 * MINUTE);
}

async function remarks(world: World): Promise<string> {
  const rows = (await backups(world)).json['backup_record_response'] as Row[] | undefined;
  return (rows ?? []).map((row) => row['remark']).join(' ');
}

export const DCS_OBSERVATIONS: Observations<typeof DCS_QUESTIONS> = {
  'dcs-list-lag': {
    see: async (world) => {
      await onlineTask(world);
      const seen: number[] = [];
      for (const ms of [0, 45_000, 15 * MINUTE]) {
        world.clock.advance(ms);
        seen.push((await list(world)).length);
      }
      return seen.join('');
    },
    under: { none: '111', 'within-settle': '011', 'beyond-settle': '001' },
  },
  'dcs-list-order': {
    see: async (world) => {
      for (const name of ['task-a', 'task-b']) await onlineTask(world, name);
      return [await names(world), await names(world)];
    },
    under: {
      'newest-first': ['task-b task-a', 'task-b task-a'],
      'oldest-first': ['task-a task-b', 'task-a task-b'],
      changing: ['task-a task-b', 'task-b task-a'],
    },
  },
  'dcs-list-gaps': {
    see: async (world) => {
      await importTask(world);
      const seen: number[] = [];
      for (const ms of [0, 5_000, 45_000, 5 * MINUTE, 5 * MINUTE + 10_000]) {
        world.clock.advance(ms);
        seen.push((await list(world)).length);
      }
      return seen.join('');
    },
    under: { none: '11111', short: '10111', 'after-end': '11110' },
  },
  'dcs-name-filter': {
    see: async (world) => {
      for (const name of ['task-one', 'task-one-more', 'my-task-one', 'other']) await onlineTask(world, name);
      return names(world, '?name=task-one');
    },
    under: {
      contains: 'my-task-one task-one-more task-one',
      prefix: 'task-one-more task-one',
      exact: 'task-one',
      ignored: 'other my-task-one task-one-more task-one',
    },
  },
  'dcs-list-count': {
    see: async (world) => {
      for (const name of ['task-a', 'task-b']) await onlineTask(world, name);
      return (await send(world, 'GET', '/migration-tasks?limit=1')).json['count'];
    },
    under: { total: 2, page: 1, absent: undefined },
  },
  'dcs-page-size': {
    see: async (world) => {
      for (const name of ['task-a', 'task-b', 'task-c', 'task-d']) await onlineTask(world, name);
      return [await names(world, '?limit=10'), await names(world, '?limit=10&offset=3')];
    },
    under: { full: ['task-d task-c task-b task-a', 'task-a'], short: ['task-d task-c task-b', 'task-a'] },
  },
  'dcs-equal-names': {
    see: async (world) => {
      await onlineTask(world);
      return codeOf(await createOnline(world));
    },
    under: { allowed: '200', refused: '400 DCS.4800' },
  },
  'dcs-long-names': {
    see: async (world) => {
      const reply = await createOnline(world, `a${'b'.repeat(99)}`);
      return reply.status === 200 ? (await names(world)).length : codeOf(reply);
    },
    under: { refused: '400 DCS.4800', accepted: 100, cut: 64 },
  },
  'dcs-unknown-fields': {
    see: async (world) => codeOf(await createImport(world, { surprise: 1 })),
    under: { refused: '400 DCS.4800', ignored: '200' },
  },
  'dcs-null-fields': {
    see: async (world) => codeOf(await createImport(world, { description: null })),
    under: { refused: '400 DCS.4800', accepted: '200' },
  },
  'dcs-empty-values': {
    see: async (world) => {
      const { released_at, task_status, source_instance } = await show(world, await importTask(world));
      return [released_at, task_status, source_instance];
    },
    under: { mixed: ['', null, {}], nulls: [null, null, null], absent: [undefined, undefined, undefined] },
  },
  'dcs-create-name': {
    see: async (world) => (await createImport(world)).json['name'],
    under: { instance: 'cache', task: 'restore-one' },
  },
  'dcs-job-id': {
    see: async (world) => 'job_id' in (await createOnline(world)).json,
    under: { present: true, absent: false },
  },
  'dcs-task-id': {
    see: async (world) => [await importTask(world), await onlineTask(world)].map((id) => id.length),
    under: { mixed: [32, 36], uuid: [36, 36], hex: [32, 32] },
  },
  'dcs-task-times': {
    see: async (world) => {
      const id = await importTask(world);
      return [(await list(world))[0]?.['created_at'], (await show(world, id))['created_at']];
    },
    under: {
      mixed: ['2026-01-31T00:00:00.000Z', '2026/01/31 00:00:00'],
      iso: ['2026-01-31T00:00:00.000Z', '2026-01-31T00:00:00.000Z'],
      compact: ['20260131000000', '20260131000000'],
    },
  },
  'dcs-import-missing-file': {
    see: (world) => endOfImport(world, { files: ['missing.rdb'] }),
    under: { later: 'FAILED', 'at-once': 'at once FAILED', refused: '400 DCS.4800' },
  },
  'dcs-wrong-password': {
    see: (world) => endOfImport(world, { password: 'another' }),
    under: { refused: '400 DCS.4080', later: 'FAILED' },
  },
  'dcs-file-source': {
    see: (world) => endOfImport(world, {}),
    under: { 'self-build-obs': 'SUCCESS', swapped: '400 DCS.4800' },
  },
  'dcs-file-names': {
    see: (world) => endOfImport(world, { files: ['prod/dump.rdb'] }),
    under: { keys: 'SUCCESS', 'no-folders': 'FAILED' },
  },
  'dcs-file-extension': {
    see: (world) => endOfImport(world, { files: ['DUMP.RDB'] }),
    under: { 'any-case': 'SUCCESS', 'lower-case': 'FAILED' },
  },
  'dcs-file-count': {
    see: (world) => endOfImport(world, { files: Array.from({ length: 65 }, (_, i) => `shard-${i}.rdb`) }),
    under: { unlimited: 'SUCCESS', 'sixty-four': '400 DCS.4800' },
  },
  'dcs-append-only-folder': {
    see: async (world) => {
      const id = await importTask(world, { files: ['dump.aof.2.incr.aof', 'dump.aof.1.base.rdb'] });
      world.clock.advance(2 * MINUTE);
      const logs = (await send(world, 'GET', `/migration-task/${id}/logs`)).json['migration_logs'] as Row[];
      const files = logs.map((log) => /file (\S+) is imported/.exec(String(log['message']))?.[1]).filter(Boolean);
      return [(await show(world, id))['status'], ...files];
    },
    under: {
      'as-listed': ['SUCCESS', 'dump.aof.2.incr.aof', 'dump.aof.1.base.rdb'],
      'by-name': ['SUCCESS', 'dump.aof.1.base.rdb', 'dump.aof.2.incr.aof'],
      fails: ['FAILED'],
    },
  },
  'dcs-busy-instance': {
    see: async (world) => {
      await importTask(world);
      return codeOf(await createImport(world, { task_name: 'restore-two' }));
    },
    under: {
      'job-running': '400 DCS.4017',
      'wrong-state': '400 DCS.4026',
      'numeric-code': '400 111400017',
      'other-operation': '400 CBC.99003651',
      accepts: '200',
    },
  },
  'dcs-incremental-state': {
    see: async (world) => (await show(world, await syncedTask(world)))['status'],
    under: { misspelled: 'INCRMIGEATING', corrected: 'INCRMIGRATING' },
  },
  'dcs-stats-types': {
    see: async (world) =>
      (await send(world, 'GET', `/migration-task/${await syncedTask(world)}/stats`)).json['full_migration_progress'],
    under: { numbers: 100, strings: '100' },
  },
  'dcs-stop-twice': {
    see: async (world) => {
      const id = await importTask(world);
      await send(world, 'POST', `/migration-task/${id}/stop`);
      return codeOf(await send(world, 'POST', `/migration-task/${id}/stop`));
    },
    under: { refused: '400 DCS.4957', accepted: '200' },
  },
  'dcs-sync-stop': {
    see: async (world) => {
      const id = await importTask(world);
      await send(world, 'POST', `/migration-task/${id}/sync-stop`);
      return (await show(world, id))['status'];
    },
    under: { terminating: 'TERMINATING', terminated: 'TERMINATED' },
  },
  'dcs-delete-active': {
    see: async (world) =>
      codeOf(await send(world, 'DELETE', '/migration-tasks/delete', { task_id_list: [await importTask(world)] })),
    under: { refused: '400 DCS.4957', accepted: '200' },
  },
  'dcs-delete-unknown': {
    see: async (world) => codeOf(await send(world, 'DELETE', '/migration-tasks/delete', { task_id_list: [UNKNOWN] })),
    under: { ignored: '200', refused: '400 DCS.4133' },
  },
  'dcs-deleted-shown': {
    see: async (world) => {
      const id = await importTask(world);
      world.clock.advance(2 * MINUTE);
      await send(world, 'DELETE', '/migration-tasks/delete', { task_id_list: [id] });
      const { status, error_code } = await show(world, id);
      return status ?? error_code;
    },
    under: { gone: 'DCS.4133', 'last-state': 'SUCCESS', deleted: 'DELETED' },
  },
  'dcs-passwords-shown': {
    see: async (world) =>
      ((await show(world, await importTask(world)))['target_instance'] as Row)['password'] === CACHE_PASSWORD,
    under: { clear: true, absent: false },
  },
  'dcs-unconfigured': {
    see: async (world) => {
      const id = await onlineTask(world);
      world.clock.advance(11 * MINUTE);
      return (await show(world, id))['status'];
    },
    under: { kept: 'RUNNING', released: 'RELEASED' },
  },
  'backup-list-lag': {
    see: async (world) => {
      await send(world, 'POST', `/instances/${CACHE}/backups`, { remark: 'first' });
      const before = await remarks(world);
      world.clock.advance(45_000);
      return [before, await remarks(world)];
    },
    under: { none: ['first', 'first'], 'within-settle': ['', 'first'] },
  },
  'backup-list-order': {
    see: async (world) => {
      for (const remark of ['first', 'second']) await takeBackup(world, remark);
      return remarks(world);
    },
    under: { 'oldest-first': 'first second', 'newest-first': 'second first' },
  },
  'backup-page-size': {
    see: async (world) => {
      for (const remark of ['a', 'b', 'c', 'd']) await takeBackup(world, remark);
      return remarks(world);
    },
    under: { full: 'a b c d', short: 'a b c' },
  },
  'backup-list-empty': {
    see: async (world) => {
      const { status, json } = await backups(world);
      return [status, json['backup_record_response']];
    },
    under: { 'no-content': [204, undefined], 'empty-list': [200, []] },
  },
};

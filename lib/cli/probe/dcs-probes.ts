import { randomBytes } from 'node:crypto';
import type { DCS_QUESTIONS } from '../../../packages/local-cloud/src/cloud/open-questions/dcs-questions.ts';
import { listOrder, type OffsetList, pageSize } from './list-probes.ts';
import { needs, type Probes, type ProbeWorld } from './probe-world.ts';
import { bodyOf, type Row, rowsOf } from './task-rows.ts';

const PATH = '/v2/{project_id}/migration-tasks';
const MAX_ROWS = 1000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HEX = /^[0-9a-f]{32}$/i;
const IMPORT = 'backupfile_import';
const MAX_TASKS_READ = 5;
/** More than any project has. */
const MAX_COUNT = 100_000;

const page = ({ calls }: ProbeWorld, query: Readonly<Record<string, string | number>>) =>
  calls.read('DCS', { operation: 'ListMigrationTask', path: PATH, query });

const TASKS: OffsetList = {
  what: 'migration tasks',
  rowsField: 'migration_tasks',
  idField: 'task_id',
  timeField: 'created_at',
  maxRows: MAX_ROWS,
  page: (world, offset, limit) => page(world, { offset, limit }),
};

/** All tasks that the list shows for a name. */
async function tasks(world: ProbeWorld, name?: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const query = { offset: rows.length, limit: MAX_ROWS, ...(name === undefined ? {} : { name }) };
    const found = rowsOf(await page(world, query), 'migration_tasks');
    rows.push(...found);
    if (found.length === 0 || rows.length >= MAX_ROWS) return rows;
  }
}

async function someTasks(world: ProbeWorld): Promise<readonly [Row, ...Row[]]> {
  const [first, ...rest] = await tasks(world);
  return first === undefined ? needs('a migration task: there are none') : [first, ...rest];
}

/** Details of the first tasks. */
async function details(world: ProbeWorld, rows: readonly Row[]): Promise<readonly Row[]> {
  const shown: Row[] = [];
  for (const row of rows.slice(0, MAX_TASKS_READ)) {
    const params = { task_id: String(row['task_id']) };
    if (!UUID.test(params.task_id) && !HEX.test(params.task_id)) continue;
    const path = '/v2/{project_id}/migration-task/{task_id}';
    shown.push(bodyOf(await world.calls.read('DCS', { operation: 'ShowMigrationTask', path, params })));
  }
  return shown;
}

export const DCS_PROBES: Probes<typeof DCS_QUESTIONS> = {
  'dcs-list-order': (world) => listOrder(world, TASKS),

  'dcs-page-size': (world) => pageSize(world, TASKS),

  'dcs-name-filter': async (world) => {
    const isUsable = ({ task_name: name }: Row) => typeof name === 'string' && name.length > 2;
    const task =
      (await someTasks(world)).find(isUsable) ?? needs('a migration task whose name has 3 characters or more');
    const name = String(task['task_name']);
    const finds = async (filter: string) =>
      (await tasks(world, filter)).some((row) => row['task_id'] === task['task_id']);
    const unknown = (await tasks(world, `probe-${randomBytes(8).toString('hex')}`)).length;
    if (unknown > 0) return { behavior: 'ignored', evidence: `a name that no task has selects ${unknown}` };
    const evidence = 'the name of a task, its beginning, and a part from its middle were asked for';
    if (await finds(name.slice(1))) return { behavior: 'contains', evidence };
    if (await finds(name.slice(0, -1))) return { behavior: 'prefix', evidence };
    if (await finds(name)) return { behavior: 'exact', evidence };
    return { other: 'the name of a task does not select it' };
  },

  'dcs-list-count': async (world) => {
    const all = (await someTasks(world)).length;
    if (all < 2) return needs('2 migration tasks or more: there is 1');
    const { count } = bodyOf(await page(world, { offset: 0, limit: 1 }));
    if (count === undefined) return { behavior: 'absent', evidence: 'a page of 1 has no count' };
    const evidence = `a page of 1 of ${all} tasks`;
    if (Number(count) === 1) return { behavior: 'page', evidence: `${evidence} has count 1` };
    if (Number(count) >= all && Number(count) <= MAX_COUNT)
      return { behavior: 'total', evidence: `${evidence} has count ${Number(count)}` };
    return { other: `${evidence} has another count` };
  },

  'dcs-empty-values': async (world) => {
    const rows = await someTasks(world);
    const values = [...rows, ...(await details(world, rows))].flatMap((row) => nestedValues(row));
    const texts = values.filter((value) => value === '' || isEmptyObject(value)).length;
    const nulls = values.filter((value) => value === null).length;
    const evidence = `among ${values.length} values, ${nulls} are null, and ${texts} are "" or {}`;
    if (texts > 0) return { behavior: 'mixed', evidence };
    return { behavior: nulls > 0 ? 'nulls' : 'absent', evidence };
  },

  'dcs-task-id': async (world) => {
    const rows = await someTasks(world);
    const imports = rows.filter((row) => row['migration_type'] === IMPORT);
    const online = rows.filter((row) => row['migration_type'] !== IMPORT);
    const form = (some: readonly Row[]) => {
      const ids = some.map((row) => String(row['task_id']));
      if (ids.length === 0) return 'none';
      if (ids.every((id) => UUID.test(id))) return 'UUIDs';
      return ids.every((id) => HEX.test(id)) ? '32 hex digits' : 'mixed';
    };
    const evidence = `${imports.length} imports: ${form(imports)}; ${online.length} online migrations: ${form(online)}`;
    switch (`${form(imports)}, ${form(online)}`) {
      case '32 hex digits, UUIDs':
        return { behavior: 'mixed', evidence };
      case 'UUIDs, UUIDs':
      case 'UUIDs, none':
        return { behavior: 'uuid', evidence };
      case '32 hex digits, 32 hex digits':
      case 'none, 32 hex digits':
        return { behavior: 'hex', evidence };
      case '32 hex digits, none':
      case 'none, UUIDs':
        return needs(`tasks of both kinds; found ${evidence}`);
      default:
        return { other: evidence };
    }
  },

  'dcs-task-times': async (world) => {
    const rows = await someTasks(world);
    const [shown = needs('a task that can be shown')] = await details(world, rows);
    const formats = [timeFormat(rows[0]['created_at']), timeFormat(shown['created_at'])];
    const evidence = `created_at: ${formats[0]} in the list, ${formats[1]} in ShowMigrationTask`;
    switch (formats.join(', ')) {
      case 'ISO 8601, with slashes':
        return { behavior: 'mixed', evidence };
      case 'ISO 8601, ISO 8601':
        return { behavior: 'iso', evidence };
      case '14 digits, 14 digits':
        return { behavior: 'compact', evidence };
      default:
        return { other: evidence };
    }
  },
};

function timeFormat(time: unknown): string {
  if (typeof time !== 'string') return typeof time;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(time)) return 'ISO 8601';
  if (/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/.test(time)) return 'with slashes';
  return /^\d{14}$/.test(time) ? '14 digits' : 'another format';
}

function nestedValues(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || isEmptyObject(value)) return [value];
  return Object.values(value).flatMap(nestedValues);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

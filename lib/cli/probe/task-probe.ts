import { randomBytes, randomUUID } from 'node:crypto';
import type { QuestionId } from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { CloudError } from '../../kernel/errors.ts';
import type { Answer } from './answer.ts';
import { codeOf, responseText } from './call-text.ts';
import { folderOf } from './object-probes.ts';
import { ask, needs, type Probe, type ProbeWorld, type Sacrifice } from './probe-world.ts';
import { bodyOf, type Row, rowsOf } from './task-rows.ts';

const LOOK_AGAIN_MS = 5_000;
/** Longer than the lag of 45 seconds that the table has. */
const LIST_LIMIT_MS = 60_000;
const END_LIMIT_MS = 5 * 60_000;
const ENDED = new Set(['FAILED', 'SUCCESS', 'TERMINATED', 'DELETED']);

/** The import of an object that does not exist: it replaces no data. */
interface ProbeTask {
  readonly id: string;
  readonly name: string;
  readonly sacrifice: Sacrifice;
  readonly created: ProbeResponse;
}

/** Questions that the life of one import answers, in the order in which they come up. */
const TASK_PROBES = {
  'dcs-create-name': async (_, { created, name }) => {
    const { name: returned } = bodyOf(created);
    if (returned === name) return { behavior: 'task', evidence: 'the response has the name of the task' };
    if (typeof returned === 'string' && returned !== '')
      return { behavior: 'instance', evidence: 'the response has another name than that of the task' };
    return { other: 'the response has no name' };
  },

  'dcs-list-lag': async (world, task) => {
    const lagMs = await passUntil(world, LIST_LIMIT_MS, async () => isListed(world, task));
    if (lagMs === undefined) return { other: `not listed within ${LIST_LIMIT_MS / 1000} s` };
    if (lagMs === 0) return { behavior: 'none', evidence: 'listed at once' };
    return { behavior: 'within-settle', evidence: `listed after ${lagMs / 1000} s` };
  },

  'dcs-import-missing-file': async (world, task) => {
    const { status } = bodyOf(task.created);
    if (status === 'FAILED')
      return { behavior: 'at-once', evidence: 'the response of the create call has status FAILED' };
    const end = await endOf(world, task);
    if (end === 'FAILED') return { behavior: 'later', evidence: 'the task was created, and failed' };
    return { other: end === undefined ? `no end within ${END_LIMIT_MS / 60_000} minutes` : 'it did not fail' };
  },

  'dcs-passwords-shown': async (world, task) => {
    const password = task.sacrifice.password?.reveal() ?? needs('an instance with a password');
    const { target_instance: target } = bodyOf(await show(world, task));
    const shown = (target as Row | null | undefined)?.['password'];
    if (shown === password) return { behavior: 'clear', evidence: 'ShowMigrationTask has the password' };
    return { behavior: 'absent', evidence: 'ShowMigrationTask does not have the password' };
  },

  'dcs-delete-unknown': async (world) => {
    const response = await remove(world, randomUUID());
    const evidence = responseText(response);
    if (response.status < 300) return { behavior: 'ignored', evidence };
    return codeOf(response.body) === 'DCS.4133' ? { behavior: 'refused', evidence } : { other: evidence };
  },

  'dcs-deleted-shown': async (world, task) => {
    bodyOf(await remove(world, task.id));
    const shown = await show(world, task);
    const evidence = responseText(shown);
    if (codeOf(shown.body) === 'DCS.4133') return { behavior: 'gone', evidence };
    const { status } = bodyOf(shown);
    return { behavior: status === 'DELETED' ? 'deleted' : 'last-state', evidence };
  },
} as const satisfies {
  [Q in QuestionId]?: (world: ProbeWorld, task: ProbeTask) => ReturnType<Probe<Q>>;
};

const IDS = Object.keys(TASK_PROBES) as (keyof typeof TASK_PROBES)[];

/**
 * Creates an import of an object that does not exist, follows it to its end, and deletes it.
 *
 * @returns the answers; without a sacrificed instance, why there are none
 * @throws {Interrupted} after trying to delete the task
 */
export async function probeTask(world: ProbeWorld): Promise<ReadonlyMap<QuestionId, Answer>> {
  const created = await ask(() => create(world, world.sacrifice ?? needs('--with-task')));
  if ('unanswered' in created) {
    const answers = new Map<QuestionId, Answer>(IDS.map((id) => [id, created]));
    const [refusal] = /^DCS CreateMigrationTask: 400 DCS\.4800$/.exec(created.unanswered) ?? [];
    if (refusal) answers.set('dcs-import-missing-file', { behavior: 'refused', evidence: refusal });
    return answers;
  }
  const answers = new Map<QuestionId, Answer>();
  try {
    for (const id of IDS) {
      world.progress(`asking with a migration task: ${id}`);
      answers.set(id, await ask<Answer>(() => TASK_PROBES[id](world, created)));
    }
    return answers;
  } finally {
    await world.removeTask(created.id);
  }
}

async function create(world: ProbeWorld, sacrifice: Sacrifice): Promise<ProbeTask> {
  world.progress('creating a migration task');
  const { bucket, prefix } = folderOf(world);
  const name = `probe-${randomBytes(6).toString('hex')}`;
  const password = sacrifice.password?.reveal();
  const body = {
    task_name: name,
    migration_type: 'backupfile_import',
    migration_method: 'full_amount_migration',
    backup_files: {
      file_source: 'self_build_obs',
      bucket_name: bucket,
      files: [{ file_name: `${prefix}missing.rdb` }],
    },
    target_instance: { id: sacrifice.instanceId, ...(password === undefined ? {} : { password }) },
  };
  const mayExist = () => world.note(`a migration task ${name} may exist: its create call got no usable response`);
  const call = {
    operation: 'CreateMigrationTask',
    method: 'POST',
    path: '/v2/{project_id}/migration-task',
    body,
    secrets: password === undefined ? [] : [password],
  } as const;
  const created = await world.calls.change('DCS', call).catch((error: unknown) => {
    if (error instanceof CloudError && error.outcome === 'unknown') mayExist();
    throw error;
  });
  if (created.status >= 500) mayExist();
  const { id } = bodyOf(created);
  if (typeof id !== 'string' || id === '') return needs('an ID in the response of DCS CreateMigrationTask');
  return { id, name, sacrifice, created };
}

function show({ calls }: ProbeWorld, { id }: ProbeTask): Promise<ProbeResponse> {
  const path = '/v2/{project_id}/migration-task/{task_id}';
  return calls.read('DCS', { operation: 'ShowMigrationTask', path, params: { task_id: id } });
}

function remove({ calls }: Pick<ProbeWorld, 'calls'>, id: string): Promise<ProbeResponse> {
  const path = '/v2/{project_id}/migration-tasks/delete';
  const body = { task_id_list: [id] };
  return calls.change('DCS', { operation: 'DeleteMigrationTask', method: 'DELETE', path, body, secrets: [] });
}

async function isListed({ calls }: ProbeWorld, { id, name }: ProbeTask): Promise<boolean> {
  const query = { name, offset: 0, limit: 100 };
  const path = '/v2/{project_id}/migration-tasks';
  const response = await calls.read('DCS', { operation: 'ListMigrationTask', path, query });
  return rowsOf(response, 'migration_tasks').some((row) => row['task_id'] === id);
}

async function endOf(world: ProbeWorld, task: ProbeTask): Promise<string | undefined> {
  let status = '';
  const passed = await passUntil(world, END_LIMIT_MS, async () => {
    status = String(bodyOf(await show(world, task))['status']);
    return ENDED.has(status);
  });
  return passed === undefined ? undefined : status;
}

/** @returns how long it waited (ms), `undefined` if it was in vain */
async function passUntil(
  world: ProbeWorld,
  limitMs: number,
  isDone: () => Promise<boolean>,
): Promise<number | undefined> {
  for (let waitedMs = 0; waitedMs <= limitMs; waitedMs += LOOK_AGAIN_MS) {
    if (await isDone()) return waitedMs;
    await world.sleep(LOOK_AGAIN_MS);
  }
  return undefined;
}

/** Deletes the task of a probe. @returns whether it is gone */
export async function removeTask(calls: ProbeWorld['calls'], id: string): Promise<boolean> {
  try {
    const { status, body } = await remove({ calls }, id);
    return status < 300 || codeOf(body) === 'DCS.4133';
  } catch (error) {
    if (error instanceof CloudError) return false;
    throw error;
  }
}

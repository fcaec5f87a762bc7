import { randomUUID } from 'node:crypto';
import type { ProbedService, ProbeRead, ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { CloudError } from '../../kernel/errors.ts';
import { callText, responseText } from './call-text.ts';
import { folderOf } from './object-probes.ts';
import { needs, type ProbeWorld, Unanswered } from './probe-world.ts';

/** Whether the keys have a permission. `untold`: the response is neither a success nor a refusal of the permission. */
export interface Right {
  readonly action: string;
  readonly is: 'allowed' | 'refused' | 'untold' | 'not tried';
  /** What was called, and what came back; or why nothing was. */
  readonly evidence: string;
}

/** Throws what a call throws, or returns its response. */
type Try = (world: ProbeWorld) => Promise<ProbeResponse | 'allowed'>;

const unknownTask = { task_id: randomUUID() };
const someInstance = ({ instanceIds: [first = randomUUID()] }: ProbeWorld) => ({ instance_id: first });
const read =
  (service: ProbedService, read: ProbeRead): Try =>
  ({ calls }) =>
    calls.read(service, read);
const ofAccount =
  (read: ProbeRead): Try =>
  async (world) =>
    world.calls.read('SMS', { ...read, domainId: await world.domainId() });

/** A call for each action that changes nothing. */
const CALLS: Readonly<Record<string, Try>> = {
  'dcs:migrationTask:list': read('DCS', {
    operation: 'ListMigrationTask',
    path: '/v2/{project_id}/migration-tasks',
    query: { offset: 0, limit: 1 },
  }),
  'dcs:migrationTask:get': read('DCS', {
    operation: 'ShowMigrationTaskStats',
    path: '/v2/{project_id}/migration-task/{task_id}/stats',
    params: unknownTask,
  }),
  'dcs:instance:get': (world) =>
    world.calls.read('DCS', {
      operation: 'ShowInstance',
      path: '/v2/{project_id}/instances/{instance_id}',
      params: someInstance(world),
    }),
  'dcs:instance:getDataBackupLog': (world) =>
    world.calls.read('DCS', {
      operation: 'ListBackupRecords',
      path: '/v2/{project_id}/instances/{instance_id}/backups',
      params: someInstance(world),
      query: { offset: 0, limit: 1 },
    }),
  'ecs:cloudServers:showServer': read('ECS', {
    operation: 'ShowServer',
    path: '/v1/{project_id}/cloudservers/{server_id}',
    params: { server_id: randomUUID() },
  }),
  'sms:server:listTask': ofAccount({ operation: 'ListTasks', path: '/v3/tasks', query: { offset: 0, limit: 1 } }),
  'sms:server:getTask': ofAccount({ operation: 'ShowTask', path: '/v3/tasks/{task_id}', params: unknownTask }),
  'sms:server:get': ofAccount({
    operation: 'ShowServer',
    path: '/v3/sources/{source_id}',
    params: { source_id: randomUUID() },
  }),
  'sms:template:get': ofAccount({
    operation: 'ShowTemplate',
    path: '/v3/vm/templates/{id}',
    params: { id: randomUUID() },
  }),
  'iam:projects:listProjects': read('IAM', { operation: 'KeystoneListProjects', path: '/v3/projects' }),
  'obs:object:PutObject': async (world) => {
    await folderOf(world).put('right', '');
    return 'allowed';
  },
  'obs:object:GetObject': async (world) => {
    await folderOf(world).put('right', '');
    await folderOf(world).read('right');
    return 'allowed';
  },
  'obs:object:DeleteObject': async (world) => {
    const folder = folderOf(world);
    await folder.put('right', '');
    await folder.remove('right');
    return 'allowed';
  },
  'obs:bucket:ListBucket': async (world) => {
    await folderOf(world).list('', 1);
    return 'allowed';
  },
};

/** Tries each action that the jobs need, one by one, with calls that change nothing outside the probe's folder. */
export async function probeRights(world: ProbeWorld, actions: readonly string[]): Promise<readonly Right[]> {
  const rights: Right[] = [];
  for (const action of [...new Set(actions)].sort()) {
    world.progress(`trying ${action}`);
    rights.push({ action, ...(await tryAction(world, action)) });
  }
  return rights;
}

async function tryAction(world: ProbeWorld, action: string): Promise<Omit<Right, 'action'>> {
  try {
    const call = CALLS[action] ?? needs('a call that changes something, or a resource of the jobs');
    const response = await call(world);
    if (response === 'allowed') return { is: 'allowed', evidence: 'a call in the folder of the probe' };
    const { status } = response;
    const evidence = responseText(response);
    if (status === 403) return { is: 'refused', evidence };
    return { is: status >= 200 && status <= 299 ? 'allowed' : 'untold', evidence };
  } catch (error) {
    if (error instanceof Unanswered) return { is: 'not tried', evidence: error.message };
    if (error instanceof CloudError)
      return { is: error.status === 403 ? 'refused' : 'untold', evidence: callText(error) };
    throw error;
  }
}

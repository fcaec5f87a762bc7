import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { SmsCaller } from './sms-caller.ts';
import { TEMPLATE } from './template.ts';

let cloud: LocalCloud;
let folder: string;
const sms = new SmsCaller(() => cloud);

const start = async (): Promise<void> => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: 1769817600000 }),
    sources: [{ id: 'linux-1', name: 'web-01', osType: 'LINUX' }],
    templates: [TEMPLATE],
    stateFile: join(folder, 'tasks.json'),
  });
};

const server = (row: unknown) =>
  call(cloud, 'GET', `/v1/${ACCOUNT.projectId}/cloudservers/${(row as { vm_id: string }).vm_id}`);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sms-state-'));
  await start();
});
afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

it('a task keeps its settings and its servers, and its clone is finished, after a restart', async () => {
  const id = await sms.syncing();
  await sms.send('POST', `tasks/${id}/speed-limit`, { speed_limit: [{ start: '00:00', end: '12:00', speed: 1 }] });
  await sms.act(id, 'clone_test', { template_id: 'template-1' });
  const before = (await sms.read(`tasks/${id}`))['target_server'];
  await cloud.close();
  await start();

  expect((await sms.read(`tasks/${id}/speed-limit`))['speed_limit']).toMatchObject([{ end: '12:00', speed: 1 }]);
  expect((await sms.read(`tasks/${id}`))['target_server']).toEqual(before);
  expect((await server(before)).status).toBe(200);
  cloud.clock.advance(35_000);
  const { clone_server: clone } = await sms.read(`tasks/${id}`);
  expect(clone).toMatchObject({ clone_state: 'FINISHED' });
  expect((await server(clone)).status).toBe(200);
});

it('a task from an older state file has no settings', async () => {
  const id = await sms.create();
  await cloud.close();
  const path = join(folder, 'tasks.json');
  const state = JSON.parse(await readFile(path, 'utf8')) as { sms: Record<string, unknown>[] };
  const old = ['id', 'status', 'steps', 'domainId', 'name', 'createdAt', 'sent', 'cleared', 'errorParams'];
  const stored = state.sms.map((task) => Object.fromEntries(old.map((key) => [key, task[key]])));
  await writeFile(path, JSON.stringify({ ...state, sms: stored }));
  await start();

  expect(await sms.read(`tasks/${id}/speed-limit`)).toEqual({ speed_limit: [] });
  expect(await sms.read('tasks')).toMatchObject({ count: 1, tasks: [{ id, special_config: [], error_json: '' }] });
  expect((await sms.act(id, 'start')).status).toBe(200);
});

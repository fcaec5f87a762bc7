import type { SMS_QUESTIONS } from '../../../src/cloud/open-questions/sms-questions.ts';
import { withAssumedResponse } from '../../../src/cloud/sms/assumed-responses.ts';
import { ACCOUNT } from '../caller.ts';
import { codeOf, type Observations, send, type World } from './observation.ts';

const GB = 1_073_741_824;
export const SOURCES = [
  { id: 'linux-1', name: 'web-01', osType: 'LINUX' as const },
  { id: 'linux-2', name: 'web-02', osType: 'LINUX' as const },
];
const MINUTE = 60_000;
const BTRFS = {
  name: '/dev/vdb',
  label: '',
  uuid: 'u',
  device: '/dev/vdb',
  size: GB,
  nodesize: 16384,
  sectorsize: 4096,
  data_profile: 'single',
  system_profile: 'DUP',
  metadata_profile: 'DUP',
  global_reserve1: 'single',
  g_vol_used_size: 0,
  default_subvolid: '5',
  default_subvol_name: '',
  default_subvol_mountpath: '/data',
};

function bodyOf(changes: Readonly<Record<string, unknown>> = {}, target: Readonly<Record<string, unknown>> = {}) {
  return {
    name: 'mig_web01',
    type: 'MIGRATE_FILE',
    os_type: 'LINUX',
    source_server: { id: 'linux-1' },
    target_server: {
      name: 'web01',
      vm_id: '',
      disks: [{ name: '/dev/vda', device_use: 'OS', size: 40 * GB, used_size: 8 * GB, physical_volumes: [] }],
      ...target,
    },
    vm_template_id: 'template-1',
    exist_server: false,
    region_name: 'cn-south-1',
    region_id: 'cn-south-1',
    project_name: 'cn-south-1',
    project_id: 'p',
    auto_start: false,
    ...changes,
  };
}

function create(world: World, changes: Readonly<Record<string, unknown>> = {}) {
  return send(world, 'POST', '/v3/tasks', bodyOf(changes));
}

async function task(world: World, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return String((await create(world, changes)).json['id']);
}

function act(world: World, id: string, operation: string) {
  return send(world, 'POST', `/v3/tasks/${id}/action`, { operation });
}

type Row = Readonly<Record<string, unknown>>;

async function show(world: World, id: string): Promise<Row> {
  return (await send(world, 'GET', `/v3/tasks/${id}`)).json;
}

async function names(world: World, query = ''): Promise<string> {
  const rows = (await send(world, 'GET', `/v3/tasks${query}`)).json['tasks'] as Row[];
  return rows.map((row) => row['name']).join(' ');
}

/** A task for each of these names; a source may have only one, so each has its own. */
async function tasksCalled(world: World, ...called: readonly string[]): Promise<void> {
  for (const [i, name] of called.entries()) {
    world.cloud.setSource({ id: `linux-${i + 1}`, name: `web-${i + 1}`, osType: 'LINUX' });
    await task(world, { name, source_server: { id: `linux-${i + 1}` } });
  }
}

/** Whether the launch of a target that is kept in sync takes effect. */
async function launches(world: World, operation: string): Promise<boolean> {
  const id = await task(world, { auto_start: true, syncing: true });
  world.clock.advance(2 * MINUTE);
  await act(world, id, operation);
  world.clock.advance(MINUTE);
  return (await show(world, id))['state'] === 'MIGRATE_SUCCESS';
}

export const SMS_OBSERVATIONS: Observations<typeof SMS_QUESTIONS> = {
  'sms-list-lag': {
    see: async (world) => {
      await task(world);
      const seen: string[] = [];
      for (const ms of [0, 45_000, 15 * MINUTE]) {
        world.clock.advance(ms);
        seen.push(await names(world));
      }
      return seen;
    },
    under: {
      none: ['mig_web01', 'mig_web01', 'mig_web01'],
      'within-settle': ['', 'mig_web01', 'mig_web01'],
      'beyond-settle': ['', '', 'mig_web01'],
    },
  },
  'sms-list-order': {
    see: async (world) => {
      await tasksCalled(world, 'a', 'b');
      return [await names(world), await names(world)];
    },
    under: { 'newest-first': ['b a', 'b a'], 'oldest-first': ['a b', 'a b'], changing: ['a b', 'b a'] },
  },
  'sms-list-gaps': {
    see: async (world) => {
      await task(world, { auto_start: true });
      const seen: string[] = [];
      for (const ms of [0, 5_000, 5 * MINUTE, 6 * MINUTE]) {
        world.clock.advance(ms);
        seen.push(await names(world));
      }
      return seen.map((listed) => (listed === '' ? 0 : 1)).join('');
    },
    under: { none: '1111', short: '1011', 'after-end': '1110' },
  },
  'sms-source-filter': {
    see: async (world) => {
      await tasksCalled(world, 'a', 'b');
      return names(world, '?source_server_id=linux-1');
    },
    under: { exact: 'a', ignored: 'b a' },
  },
  'sms-page-size': {
    see: async (world) => {
      await tasksCalled(world, 'a', 'b', 'c', 'd');
      return [await names(world), await names(world, '?offset=3')];
    },
    under: { full: ['d c b a', 'a'], short: ['d c b', 'a'] },
  },
  'sms-unknown-fields': {
    see: async (world) => codeOf(await create(world, { surprise: true })),
    under: { refused: '400 SMS.9001', ignored: '200' },
  },
  'sms-null-fields': {
    see: async (world) => codeOf(await create(world, { migration_ip: null })),
    under: { 'as-in-example': '400 SMS.9001', accepted: '200' },
  },
  'sms-btrfs-name': {
    see: async (world) => {
      const replies: string[] = [];
      for (const [i, name] of ['subvolume', 'subvolumn'].entries()) {
        const body = bodyOf({ source_server: { id: `linux-${i + 1}` } }, { btrfs_list: [{ ...BTRFS, [name]: [] }] });
        replies.push(codeOf(await send(world, 'POST', '/v3/tasks', body)));
      }
      return replies;
    },
    under: { either: ['200', '200'], subvolume: ['200', '400 SMS.9001'], subvolumn: ['400 SMS.9001', '200'] },
  },
  'sms-auto-start': {
    see: async (world) => {
      const id = await task(world, { auto_start: true });
      world.clock.advance(0);
      return (await show(world, id))['state'];
    },
    under: { ready: 'READY', running: 'RUNNING' },
  },
  'sms-launch': {
    see: async (world) => {
      const byTest = await launches(world, 'test');
      world.cloud.setSource({ id: 'linux-3', name: 'web-03', osType: 'LINUX' });
      const id = await task(world, { source_server: { id: 'linux-3' }, auto_start: true, syncing: true });
      world.clock.advance(2 * MINUTE);
      await act(world, id, 'cutover');
      world.clock.advance(MINUTE);
      return [byTest, (await show(world, id))['state'] === 'MIGRATE_SUCCESS'];
    },
    under: { either: [true, true], test: [true, false], cutover: [false, true] },
  },
  'sms-stop-twice': {
    see: async (world) => {
      const id = await task(world, { auto_start: true });
      world.clock.advance(10_000);
      await act(world, id, 'stop');
      return codeOf(await act(world, id, 'stop'));
    },
    under: { refused: '400 SMS.9001', accepted: '200' },
  },
  'sms-delete-active': {
    see: async (world) => {
      const id = await task(world, { auto_start: true });
      world.clock.advance(10_000);
      return codeOf(await send(world, 'DELETE', `/v3/tasks/${id}`));
    },
    under: { refused: '400 SMS.7719', accepted: '200' },
  },
  'sms-second-task': {
    see: async (world) => {
      await task(world);
      return codeOf(await create(world, { name: 'another' }));
    },
    under: { refused: '400 SMS.7605', accepted: '200' },
  },
  'sms-progress': {
    see: async (world) => {
      const id = await task(world, { auto_start: true });
      world.clock.advance(3_000);
      const rows = (await show(world, id))['sub_tasks'] as Row[];
      return rows.at(-1)?.['progress'];
    },
    under: { percent: 16, nothing: null, 'above-100': 117 },
  },
  'sms-error-json': {
    see: async (world) => {
      world.cloud.script({ stage: 'copy', outcome: 'fail', code: 'SMS.0805' });
      const id = await task(world, { auto_start: true });
      world.clock.advance(10 * MINUTE);
      const error = (await show(world, id))['error_json'];
      return typeof error === 'string' ? 'string' : (error as Row)['error_code'];
    },
    under: { text: 'string', object: 'SMS.0805' },
  },
  'sms-consistency-results': {
    see: async ({ cloud }) => {
      const operation = withAssumedResponse(
        {
          name: 'ShowConsistencyResult',
          method: 'GET',
          path: '/v3/tasks/{task_id}/consistency-result',
          body: 'none',
          handle: () => ({ status: 200, body: { task_id: 't', result_list: [{ check_result: 'same' }] } }),
        },
        cloud.assumed,
      );
      const { body } = await operation.handle({
        account: ACCOUNT,
        requestId: 'r',
        headers: {},
        params: {},
        query: new URLSearchParams(),
        body: undefined,
      });
      return (body as Row)['result_list'];
    },
    under: { objects: [{ check_result: 'same' }], strings: ['{"check_result":"same"}'] },
  },
  'sms-account-header': {
    see: async (world) => codeOf(await send(world, 'GET', '/v3/tasks')),
    under: { optional: '200', required: '401 APIGW.0301' },
  },
  'sms-temporary-keys': {
    see: async (world) => codeOf(await send(world, 'GET', '/v3/tasks')),
    under: { accepted: '200', refused: '403 SMS.9004' },
  },
};

import type { ACCOUNT_QUESTIONS } from '../../../src/cloud/open-questions/account-questions.ts';
import { CACHE } from './dcs-observations.ts';
import { codeOf, type Observations, send, type World } from './observation.ts';

const LIST = '/migration-tasks';

/** The names of the fields of an error body, and its code. */
async function errorBody(world: World, method: string, path: string): Promise<unknown> {
  const { json } = await send(world, method, path, method === 'POST' ? {} : undefined);
  const inner = (json['error'] ?? {}) as Readonly<Record<string, unknown>>;
  return [Object.keys(json).sort().join(' '), json['error_code'] ?? inner['title']];
}

const DCS_SHAPE = 'error_code error_ext_msg error_msg';
const GATEWAY_SHAPE = 'error_code error_msg request_id';
const BARE = ['message request_id', undefined];

/** The body of a response with a fault. */
function faulted(kind: 'forbidden' | 'throttled' | 'error') {
  return (world: World) => {
    world.cloud.faults.add({ operation: 'ListMigrationTask', kind });
    return errorBody(world, 'GET', LIST);
  };
}

export const ACCOUNT_OBSERVATIONS: Observations<typeof ACCOUNT_QUESTIONS> = {
  'error-body-401': {
    see: async (world) => {
      world.cloud.assume({ 'fresh-agency': 'unauthorized' });
      return errorBody(world, 'GET', LIST);
    },
    under: {
      documented: [GATEWAY_SHAPE, 'APIGW.0301'],
      service: [DCS_SHAPE, 'APIGW.0301'],
      iam: ['error', 'Unauthorized'],
      bare: BARE,
    },
  },
  'error-body-403': {
    see: faulted('forbidden'),
    under: {
      documented: [DCS_SHAPE, 'DCS.2007'],
      gateway: [GATEWAY_SHAPE, 'APIGW.0302'],
      iam: ['error', 'Forbidden'],
      bare: BARE,
    },
  },
  'error-body-404': {
    see: (world) => errorBody(world, 'GET', `/instances/${CACHE.replaceAll('1', '9')}`),
    under: {
      documented: [DCS_SHAPE, 'DCS.3022'],
      gateway: [GATEWAY_SHAPE, 'APIGW.0101'],
      iam: ['error', 'Not Found'],
      bare: BARE,
    },
  },
  'error-body-429': {
    see: faulted('throttled'),
    under: {
      documented: [GATEWAY_SHAPE, 'APIGW.0308'],
      service: [DCS_SHAPE, 'APIGW.0308'],
      iam: ['error', 'Too Many Requests'],
      bare: BARE,
    },
  },
  'error-body-500': {
    see: faulted('error'),
    under: {
      documented: [DCS_SHAPE, 'DCS.5000'],
      gateway: [GATEWAY_SHAPE, 'APIGW.0705'],
      iam: ['error', 'Internal Server Error'],
      bare: BARE,
    },
  },
  'empty-success': {
    see: async (world) => {
      const statuses: number[] = [];
      for (const [method, path, body] of [
        ['PUT', '/migration-task/', { resume_mode: 'auto' }],
        ['POST', '/migration-task/', undefined],
      ] as const) {
        const { json } = await send(world, 'POST', '/migration/instance', {
          name: 'session-cache',
          vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
          subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
          security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
        });
        world.clock.advance(60_000);
        const end = method === 'POST' ? '/sync-stop' : '';
        statuses.push((await send(world, method, `${path}${json['instance_id']}${end}`, body)).status);
      }
      return statuses;
    },
    under: { 'as-documented': [200, 204], 'no-content': [204, 204], ok: [200, 200] },
  },
  'fresh-agency': {
    see: async (world) => {
      const seen = [codeOf(await send(world, 'GET', LIST))];
      seen.push(String((await world.sdk('listObjects', { Bucket: 'backups' })).CommonMsg.Status));
      world.clock.advance(10 * 60_000);
      return [...seen, codeOf(await send(world, 'GET', LIST))];
    },
    under: {
      works: ['200', '200', '200'],
      forbidden: ['403 DCS.2007', '403', '200'],
      unauthorized: ['401 APIGW.0301', '403', '200'],
    },
  },
  'clock-skew': {
    see: async (world) => {
      const reply = await send(world, 'GET', LIST);
      const ahead = Date.parse(reply.headers.get('date') ?? '') - Date.now();
      return [reply.status, Math.round(ahead / 60_000) + 0];
    },
    under: { none: [200, 0], 'minute-ahead': [200, 1], 'minute-behind': [200, -1], 'beyond-signing': [401, 16] },
  },
};

import { randomBytes, randomUUID } from 'node:crypto';
import type { ACCOUNT_QUESTIONS } from '../../../packages/local-cloud/src/cloud/open-questions/account-questions.ts';
import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { Secret } from '../../kernel/secret.ts';
import type { Answer } from './answer.ts';
import { responseText } from './call-text.ts';
import { needs, type Probes, type ProbeWorld, Unanswered } from './probe-world.ts';

const MINUTE_MS = 60_000;
/** Half of the smallest difference that the table has. */
const SAME_MS = 30_000;
const SIGNING_LIMIT_MS = 15 * MINUTE_MS;

type ErrorShape = 'gateway' | 'service' | 'iam' | 'bare' | 'unknown';

const NAMES: Readonly<Record<ErrorShape, string>> = {
  gateway: 'error_code, error_msg, request_id',
  service: 'error_code, error_msg and fields of the service',
  iam: 'error',
  bare: 'message, request_id',
  unknown: 'other fields',
};

function errorShape(body: unknown): ErrorShape {
  if (!isRecord(body)) return 'unknown';
  if (isRecord(body['error'])) return 'iam';
  if ('error_code' in body) return 'request_id' in body ? 'gateway' : 'service';
  return 'message' in body ? 'bare' : 'unknown';
}

const seen = (response: ProbeResponse) => `${responseText(response)} with ${NAMES[errorShape(response.body)]}`;

/** For a status that the gateway answers with. */
function gatewayAnswer(response: ProbeResponse): Answer<'error-body-401'> & Answer<'error-body-429'> {
  const shape = errorShape(response.body);
  const evidence = seen(response);
  if (shape === 'unknown') return { other: evidence };
  return { behavior: shape === 'gateway' ? 'documented' : shape, evidence };
}

/** For a status that the service answers with. */
function serviceAnswer(
  response: ProbeResponse,
): Answer<'error-body-403'> & Answer<'error-body-404'> & Answer<'error-body-500'> {
  const shape = errorShape(response.body);
  const evidence = seen(response);
  if (shape === 'unknown') return { other: evidence };
  return { behavior: shape === 'service' ? 'documented' : shape, evidence };
}

/** Such a response can't be brought about without harm: it is judged if one occurred. */
function occurred({ responses }: ProbeWorld, hasStatus: (status: number) => boolean): ProbeResponse {
  const response = responses.error(hasStatus);
  if (response === undefined) throw new Unanswered('no such response occurred');
  return response;
}

export const ACCOUNT_PROBES: Probes<typeof ACCOUNT_QUESTIONS> = {
  'clock-skew': async ({ calls }) => {
    const query = { offset: 0, limit: 1 };
    const path = '/v2/{project_id}/migration-tasks';
    const { status, clockAheadMs } = await calls.read('DCS', { operation: 'ListMigrationTask', path, query });
    if (clockAheadMs === undefined) return needs('a Date header in the response of DCS ListMigrationTask');
    const seconds = Math.round(clockAheadMs / 1000);
    const evidence = `DCS ListMigrationTask: ${status}, its clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`;
    if (Math.abs(clockAheadMs) < SAME_MS) return { behavior: 'none', evidence };
    if (Math.abs(clockAheadMs - MINUTE_MS) < SAME_MS) return { behavior: 'minute-ahead', evidence };
    if (Math.abs(clockAheadMs + MINUTE_MS) < SAME_MS) return { behavior: 'minute-behind', evidence };
    if (clockAheadMs > SIGNING_LIMIT_MS && status === 401) return { behavior: 'beyond-signing', evidence };
    return { other: evidence };
  },

  'error-body-401': async (world) => {
    const before = world.responses.error((status) => status === 401);
    if (before?.service === 'DCS') return gatewayAnswer(before);
    // Keys that nobody has, so that none are locked.
    const credentials = {
      accessKey: `PROBE${randomBytes(8).toString('hex').toUpperCase()}`.slice(0, 20),
      secretKey: new Secret(randomBytes(20).toString('hex')),
    };
    const path = '/v2/{project_id}/migration-tasks';
    const query = { offset: 0, limit: 1 };
    const response = await world.calls.read('DCS', { operation: 'ListMigrationTask', path, query, credentials });
    if (response.status === 401) return gatewayAnswer(response);
    return { other: `keys that do not exist: ${response.status}` };
  },

  'error-body-404': async (world) => {
    const path = '/v2/{project_id}/instances/{instance_id}';
    const params = { instance_id: randomUUID() };
    const response = await world.calls.read('DCS', { operation: 'ShowInstance', path, params });
    if (response.status === 404) return serviceAnswer(response);
    throw new Unanswered(`${responseText(response)} for an instance that does not exist`);
  },

  'error-body-403': async (world) => serviceAnswer(occurred(world, (status) => status === 403)),
  'error-body-429': async (world) => gatewayAnswer(occurred(world, (status) => status === 429)),
  'error-body-500': async (world) => serviceAnswer(occurred(world, (status) => status >= 500)),
};

import { ACCOUNT, call } from '../caller.ts';
import { BODY, encoded, type OneFunction, startOneFunction, URN } from './one-function.ts';

const ROOT = `/v2/${ACCOUNT.projectId}/functions`;

let one: OneFunction;

beforeEach(async () => {
  one = await startOneFunction();
  await one.send('POST', '/functions', { ...BODY, func_name: 'other' });
  const tag = (urn: string, value: string) =>
    call(one.cloud, 'POST', `${ROOT}/${encoded(urn)}/tags/create`, { tags: [{ key: 'team', value }] });
  await tag(URN, 'a');
  await tag(URN.replace('landed', 'other'), 'b');
  await one.send('POST', '/functions', { ...BODY, func_name: 'plain' });
});
afterEach(() => one.cloud.close());

const instances = (action: string, body: object) =>
  call(one.cloud, 'POST', `${ROOT}/resource-instances/${action}`, body);
const names = async (body: object) => {
  const { json } = await instances('filter', body);
  return (json['resources'] as { resource_name: string }[]).map(({ resource_name }) => resource_name);
};

describe('the tags of a project', () => {
  it('are listed with all their values', async () => {
    expect((await call(one.cloud, 'GET', `${ROOT}/tags`)).json).toEqual({
      tags: [{ key: 'team', values: ['a', 'b'] }],
      sys_tags: [],
    });
  });

  it('are shown with the functions that have them', async () => {
    expect((await instances('filter', { matches: [{ key: 'resource_name', value: 'landed' }] })).json).toEqual({
      resources: [
        {
          resource_id: `${URN}:latest`,
          resource_detail: { detailId: `${URN}:latest` },
          tags: [{ key: 'team', value: 'a' }],
          sys_tags: [],
          resource_name: 'landed',
        },
      ],
      total_count: 1,
    });
    expect(await names({ without_any_tag: true })).toEqual(['plain']);
    expect(await names({ offset: '1', limit: 1 })).toEqual(['other']);
    expect((await instances('count', {})).json).toEqual({ total_count: 3 });
  });

  it.each<[string, object]>([
    ['list', {}],
    ['filter', { matches: [{ key: 'owner', value: 'x' }] }],
    ['filter', { limit: -1 }],
    ['filter', { tags: [] }],
  ])('are refused for %s with %j', async (action, body) => {
    expect(await instances(action, body)).toMatchObject({ status: 400, json: { error_code: 'FSS.0400' } });
  });

  it('are refused for another type of resource', async () => {
    expect(await call(one.cloud, 'GET', `/v2/${ACCOUNT.projectId}/workflows/tags`)).toMatchObject({
      status: 400,
      json: { error_code: 'FSS.0400' },
    });
  });
});

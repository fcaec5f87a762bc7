import { encoded, type OneFunction, startOneFunction, URN } from './one-function.ts';

const EVENTS = `/functions/${encoded(URN)}/events`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

let one: OneFunction;

beforeEach(async () => {
  one = await startOneFunction();
});
afterEach(() => one.cloud.close());

const create = (name: string, content = base64('{"k":"v"}')) => one.send('POST', EVENTS, { name, content });

describe('a test event', () => {
  it('is created, listed, shown, updated and deleted', async () => {
    const { json } = await create('first');
    const saved = `${EVENTS}/${json['id']}`;

    expect(json).toEqual({ id: expect.any(String), name: 'first' });
    expect((await one.send('GET', EVENTS)).json).toEqual({
      events: [{ id: json['id'], name: 'first', last_modified: 1_769_824_984 }],
      next_marker: 1,
      count: 1,
    });
    expect((await one.send('PUT', saved, { content: base64('2') })).json).toEqual(json);
    expect((await one.send('GET', saved)).json).toEqual({
      ...json,
      content: base64('2'),
      last_modified: 1_769_824_984,
    });
    expect((await one.send('DELETE', saved)).status).toBe(204);
    expect((await one.send('GET', EVENTS)).json).toMatchObject({ events: [], count: 0 });
  });

  it.each<[string, string, string | undefined]>([
    ['a name of 25 characters', `a${'-'.repeat(23)}9`, undefined],
    ['4 KB of content', 'large', base64(JSON.stringify('x'.repeat(4094)))],
  ])('is accepted with %s', async (_what, name, content) => {
    expect((await create(name, content)).status).toBe(200);
  });

  it.each<[string, string, string | undefined, number, string]>([
    ['a name of 26 characters', 'a'.repeat(26), undefined, 400, 'FSS.1074'],
    ['a name that ends with a hyphen', 'a-', undefined, 400, 'FSS.1074'],
    ['content that is not Base64', 'a', '{"k":"v"}', 400, 'FSS.1074'],
    ['content that is not JSON', 'a', base64('k=v'), 400, 'FSS.1074'],
    ['more than 4 KB of content', 'a', base64(JSON.stringify('x'.repeat(4095))), 403, 'FSS.1069'],
  ])('is refused with %s', async (_what, name, content, status, code) => {
    expect(await create(name, content)).toMatchObject({ status, json: { error_code: code } });
  });

  it('is refused with a name that exists, and beyond ten', async () => {
    for (let n = 0; n < 10; n += 1) expect((await create(`e${n}`)).status).toBe(200);

    expect(await create('e0')).toMatchObject({ status: 403, json: { error_code: 'FSS.1073' } });
    expect(await create('e10')).toMatchObject({ status: 403, json: { error_code: 'FSS.1068' } });
  });

  it.each<[string, object | undefined]>([
    ['GET', undefined],
    ['PUT', { content: base64('1') }],
    ['DELETE', undefined],
  ])('that does not exist is not found by %s', async (method, body) => {
    expect(await one.send(method, `${EVENTS}/none`, body)).toMatchObject({
      status: 404,
      json: { error_code: 'FSS.1070' },
    });
  });
});

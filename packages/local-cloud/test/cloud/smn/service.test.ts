import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { CloudEvent } from '../../../src/cloud/operation.ts';
import { ACCOUNT, call } from '../caller.ts';

const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:migrations`;
const BODY = { subject: 'restore-staging has failed', message: 'Die Datei fehlt.' };

let cloud: LocalCloud;
let events: CloudEvent[];

beforeEach(async () => {
  events = [];
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    topics: [TOPIC],
    onEvent: (event) => events.push(event),
  });
});
afterEach(() => cloud.close());

const publish = (body: unknown, topic = TOPIC, project: string = ACCOUNT.projectId) =>
  call(cloud, 'POST', `/v2/${project}/notifications/topics/${encodeURIComponent(topic)}/publish`, body);

describe('PublishMessage', () => {
  it('stores the message and reports it', async () => {
    const { status, json } = await publish(BODY);

    expect(status).toBe(200);
    expect(json).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      message_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(cloud.messages()).toEqual([
      { id: json['message_id'], topicUrn: TOPIC, ...BODY, publishedAt: 1769817600000 },
    ]);
    expect(events).toEqual([
      {
        kind: 'message_published',
        service: 'SMN',
        id: json['message_id'],
        name: BODY.subject,
        status: 'PUBLISHED',
        message: BODY.message,
        topic: TOPIC,
      },
    ]);
  });

  it.each<[string, object]>([
    ['a subject of 512 bytes', { subject: 'ä'.repeat(256) }],
    ['a message of 256 KB', { message: 'x'.repeat(262144) }],
    ['a week to live', { time_to_live: '604800' }],
  ])('accepts %s', async (_name, changes) => {
    expect((await publish({ ...BODY, ...changes })).status).toBe(200);
  });

  it.each<[string, object, string]>([
    ['no subject', { subject: undefined }, 'SMN.0008'],
    ['an empty subject', { subject: '' }, 'SMN.0008'],
    ['a subject of 513 bytes', { subject: `${'ä'.repeat(256)}x` }, 'SMN.0008'],
    ['no message', { message: undefined }, 'SMN.0009'],
    ['an empty message', { message: '' }, 'SMN.0009'],
    ['a message over 256 KB', { message: 'x'.repeat(262145) }, 'SMN.0009'],
    ['a message that is not a string', { message: { text: 'x' } }, 'SMN.0009'],
    ['more than a week to live', { time_to_live: '604801' }, 'SMN.0009'],
    ['an unknown field', { title: 'x' }, 'SMN.0009'],
  ])('refuses %s, in the format of SMN', async (_name, changes, code) => {
    const { status, json } = await publish({ ...BODY, ...changes });

    expect(status).toBe(403);
    expect(json).toEqual({ request_id: expect.any(String), code, message: expect.any(String) });
    expect(cloud.messages()).toEqual([]);
  });

  it.each([
    ['an unknown topic', `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:other`, 404, 'SMN.0006'],
    ['a name that is not a URN', 'migrations', 400, 'SMN.0005'],
  ])('refuses %s', async (_name, topic, status, code) => {
    expect(await publish(BODY, topic)).toMatchObject({ status, json: { code } });
  });

  it("refuses another project, and another project's topic", async () => {
    const foreign = 'ffffffffffffffffffffffffffffffff';
    cloud.setTopic(`urn:smn:ap-southeast-3:${foreign}:migrations`);

    expect(await publish(BODY, TOPIC, foreign)).toMatchObject({ status: 403, json: { code: 'SMN.0001' } });
    expect(await publish(BODY, `urn:smn:ap-southeast-3:${foreign}:migrations`)).toMatchObject({ status: 404 });
  });

  it('publishes to an added topic', async () => {
    cloud.setTopic(`urn:smn:ap-southeast-3:${ACCOUNT.projectId}:new`);
    expect((await publish(BODY, `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:new`)).status).toBe(200);
  });

  it('is throttled by the gateway, in the format of the gateway', async () => {
    cloud.faults.throttle({ operation: 'PublishMessage', calls: 1, perMs: 1000 });
    await publish(BODY);

    expect(await publish(BODY)).toMatchObject({ status: 429, json: { error_code: 'APIGW.0308' } });
    expect(cloud.messages()).toHaveLength(1);
  });

  it('has stored the message when only the response is lost', async () => {
    cloud.faults.add({ operation: 'PublishMessage', kind: 'reply_lost' });

    await expect(publish(BODY)).rejects.toThrow();
    expect(cloud.messages()).toHaveLength(1);
  });

  it('fails in its own format', async () => {
    cloud.faults.add({ operation: 'PublishMessage', kind: 'error' });
    expect(await publish(BODY)).toMatchObject({ status: 500, json: { code: 'SMN.0018' } });
  });
});

describe('ListSubscriptionsByTopic', () => {
  const list = (query = '', topic = TOPIC, project: string = ACCOUNT.projectId) =>
    call(cloud, 'GET', `/v2/${project}/notifications/topics/${encodeURIComponent(topic)}/subscriptions${query}`);

  it('lists subscriptions in the documented format', async () => {
    const { status, json } = await list();

    expect(status).toBe(200);
    expect(json).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      subscription_count: 1,
      subscriptions: [
        {
          topic_urn: TOPIC,
          protocol: 'email',
          subscription_urn: `${TOPIC}:00000000000000000000000000000000`,
          owner: ACCOUNT.projectId,
          endpoint: 'people@example.com',
          remark: '',
          status: 1,
          filter_polices: [],
        },
      ],
    });
  });

  it('lists page by page, and nothing for a topic without subscriptions', async () => {
    const sms = (endpoint: string) => ({ protocol: 'sms', endpoint, status: 0 }) as const;
    cloud.setTopic(TOPIC, [sms('1'), sms('2'), sms('3')]);

    expect((await list('?limit=1&offset=1')).json).toMatchObject({
      subscription_count: 3,
      subscriptions: [{ endpoint: '2', status: 0 }],
    });
    cloud.setTopic(TOPIC, []);
    expect((await list()).json).toMatchObject({ subscription_count: 0, subscriptions: [] });
  });

  it.each([
    '?limit=0',
    '?limit=101',
    '?limit=x',
    '?offset=-1',
    '?offset=1&offset=2',
    '?marker=1',
    `?fuzzy_remark=${'x'.repeat(129)}`,
  ])('refuses %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 400, json: { code: 'SMN.0002' } });
  });

  it('refuses an unknown topic, a name that is not a URN, and another project', async () => {
    const foreign = 'ffffffffffffffffffffffffffffffff';

    expect(await list('', `${TOPIC}-2`)).toMatchObject({ status: 404, json: { code: 'SMN.0006' } });
    expect(await list('', 'migrations')).toMatchObject({ status: 400, json: { code: 'SMN.0005' } });
    expect(await list('', TOPIC, foreign)).toMatchObject({ status: 403, json: { code: 'SMN.0001' } });
  });
});

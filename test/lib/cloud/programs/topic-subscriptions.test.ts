import { listTopicSubscriptions } from '../../../../lib/cloud/programs/topic-subscriptions.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from '../../../contracts/scripted-options.ts';
import { ScriptedCloud } from '../../../fakes/scripted-cloud.ts';

const TOPIC = `urn:smn:ap-southeast-3:${PROJECT_ID}:migrations`;

describe('listTopicSubscriptions', () => {
  const cloud = new ScriptedCloud(SCRIPTED_SK);
  const list = (urn = TOPIC) => listTopicSubscriptions({ ...scriptedOptions(cloud), projectId: PROJECT_ID }, urn);

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => cloud.reset());

  it('returns whether each subscription is confirmed, but not its address', async () => {
    const subscriptions = [
      { protocol: 'email', endpoint: 'a@example.com', status: 1 },
      { protocol: 'sms', endpoint: '123', status: 0 },
      { protocol: 'https', endpoint: 'https://x', status: 3 },
    ];
    cloud.respondWith({ status: 200, json: { request_id: 'r', subscription_count: 3, subscriptions } });

    expect(await list()).toEqual([
      { protocol: 'email', isConfirmed: true },
      { protocol: 'sms', isConfirmed: false },
      { protocol: 'https', isConfirmed: false },
    ]);
    expect(cloud.seen).toMatchObject([
      {
        method: 'GET',
        path: `/v2/${PROJECT_ID}/notifications/topics/${TOPIC}/subscriptions`,
        query: { offset: '0', limit: '100' },
        signed: true,
      },
    ]);
  });

  it('returns undefined for a topic that does not exist', async () => {
    cloud.respondWith({ status: 404, json: { code: 'SMN.0006', message: 'Topic not found.', request_id: 'r' } });

    expect(await list()).toBeUndefined();
  });

  it.each([
    ['a response without a list', { status: 200, json: {} }, { cloudCode: 'not_a_list' }],
    ['a refusal', { status: 403, json: { code: 'SMN.0001', message: 'no', request_id: 'r' } }, { status: 403 }],
    ['a 404 from the gateway', { status: 404, json: { error_code: 'APIGW.0101', error_msg: 'no' } }, { status: 404 }],
  ])('does not treat %s as a missing topic', async (_what, script, known) => {
    cloud.respondWith(script);

    await expect(list()).rejects.toMatchObject(known);
  });

  it('sends nothing for an invalid topic', async () => {
    await expect(list(`${TOPIC}/../x`)).rejects.toMatchObject({ outcome: 'not_sent', cloudCode: 'bad_topic' });
    expect(cloud.seen).toEqual([]);
  });
});

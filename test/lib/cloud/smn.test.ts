import { makeSmnService } from '../../../lib/cloud/smn.ts';
import type { SmnService } from '../../../lib/ports/smn.ts';
import { changingCall } from '../../contracts/changing-call.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from '../../contracts/scripted-options.ts';
import { ScriptedCloud } from '../../fakes/scripted-cloud.ts';

const TOPIC = `urn:smn:ap-southeast-3:${PROJECT_ID}:migrations`;

describe('makeSmnService', () => {
  const cloud = new ScriptedCloud(SCRIPTED_SK);
  let smn: SmnService;

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => {
    cloud.reset();
    smn = makeSmnService({ ...scriptedOptions(cloud), projectId: PROJECT_ID });
  });

  it('publishes a message with one signed request', async () => {
    cloud.respondWith({ status: 200, json: { request_id: 'r', message_id: 'm-1' } });

    await expect(smn.publish(TOPIC, 'restored', 'all good')).resolves.toBe('m-1');
    expect(cloud.seen).toMatchObject([
      {
        method: 'POST',
        path: `/v2/${PROJECT_ID}/notifications/topics/${TOPIC}/publish`,
        body: { subject: 'restored', message: 'all good' },
        signed: true,
      },
    ]);
  });

  it('treats a response without a message ID as unknown', async () => {
    cloud.respondWith({ status: 200, json: {} });

    await expect(smn.publish(TOPIC, 's', 'm')).rejects.toMatchObject({
      outcome: 'unknown',
      cloudCode: 'no_message_id',
    });
  });

  it('accepts a subject of 512 bytes and a message of 256 KB', async () => {
    cloud.respondWith({ status: 200, json: { message_id: 'm-1' } });

    await expect(smn.publish(TOPIC, 'é'.repeat(256), 'x'.repeat(262_144))).resolves.toBe('m-1');
  });

  it.each([
    ['a subject of 513 bytes', TOPIC, `x${'é'.repeat(256)}`, 'm', 'the subject has 513 bytes; the limit is 512'],
    [
      'a message of 256 KB and 1 byte',
      TOPIC,
      's',
      'x'.repeat(262_145),
      'the message has 262145 bytes; the limit is 262144',
    ],
    ['an invalid topic', 'migrations', 's', 'm', '"migrations" is not a topic URN'],
    ['a topic with a path', `${TOPIC}/../x`, 's', 'm', 'is not a topic URN'],
  ])('sends nothing for %s', async (_, topic, subject, message, said) => {
    await expect(smn.publish(topic, subject, message)).rejects.toMatchObject({
      outcome: 'not_sent',
      cloudCode: 'bad_message',
      cloudMessage: expect.stringContaining(said),
    });
    expect(cloud.seen).toEqual([]);
  });

  changingCall('PublishMessage', cloud, () => smn.publish(TOPIC, 's', 'm'));
});

import { ACCOUNT } from '../caller.ts';
import { ObsFixture, TOPIC } from './obs-fixture.ts';

let obs: ObsFixture;

beforeEach(async () => {
  obs = await ObsFixture.start([{ name: 'inbox' }]);
});

afterEach(() => obs.close());

const topic = (fields: string, urn = TOPIC) =>
  `<TopicConfiguration>${fields}<Topic>${urn}</Topic><Event>ObjectCreated:*</Event></TopicConfiguration>`;
const filter = (...rules: readonly (readonly [string, string])[]) =>
  `<Filter><Object>${rules.map(([name, value]) => `<FilterRule><Name>${name}</Name><Value>${value}</Value></FilterRule>`).join('')}</Object></Filter>`;
const set = (...configurations: readonly string[]) =>
  obs.put('/inbox?notification', `<NotificationConfiguration>${configurations.join('')}</NotificationConfiguration>`);

describe('SetBucketNotification', () => {
  it('stores the rules for the next start, and an empty document disables them', async () => {
    expect((await obs.send('GET', '/inbox?notification')).text).toContain(
      '<NotificationConfiguration></NotificationConfiguration>',
    );
    const rule = `<TopicConfiguration><Id>one</Id>${filter(['prefix', 'in/'], ['suffix', '.rdb'])}<Topic>${TOPIC}</Topic><Event>ObjectCreated:Put</Event><Event>ObjectRemoved:*</Event></TopicConfiguration>`;
    expect(await set(rule)).toEqual([200]);
    await obs.restart([{ name: 'inbox' }]);
    expect((await obs.send('GET', '/inbox?notification')).text).toContain(
      `<NotificationConfiguration>${rule}</NotificationConfiguration>`,
    );
    expect(await set()).toEqual([200]);
    expect((await obs.send('GET', '/inbox?notification')).text).not.toContain('<Topic>');
  });

  it('is done by the official SDK', async () => {
    const TopicConfigurations = [
      {
        ID: 'one',
        Topic: TOPIC,
        Event: ['ObjectCreated:*'],
        Filter: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] },
      },
    ];
    expect(await obs.status('setBucketNotification', { Bucket: 'inbox', TopicConfigurations })).toEqual([200, '']);
    const { InterfaceResult } = await obs.sdk('getBucketNotification', { Bucket: 'inbox' });
    expect(InterfaceResult.TopicConfigurations).toMatchObject([
      { ID: 'one', Topic: TOPIC, Filter: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] } },
    ]);
  });

  it.each([
    ['another event', [topic('').replace('ObjectCreated:*', 'ObjectRead:*')], 400, 'InvalidArgument'],
    ['no event', [topic('').replace(/<Event>.*<\/Event>/, '')], 400, 'MalformedXML'],
    ['no topic', [topic('').replace(/<Topic>.*<\/Topic>/, '')], 400, 'MalformedXML'],
    ['an unknown topic', [topic('', `${TOPIC}2`)], 400, 'InvalidArgument'],
    ['a topic in another region', [topic('', TOPIC.replace('ap-southeast-3', 'eu-de'))], 400, 'InvalidArgument'],
    ['another filter', [topic(filter(['regex', 'x']))], 400, 'InvalidArgument'],
    ['two prefixes', [topic(filter(['prefix', 'x'], ['prefix', 'y']))], 400, 'InvalidArgument'],
    ['a prefix of 1025 characters', [topic(filter(['prefix', 'x'.repeat(1025)]))], 400, 'InvalidArgument'],
    ['overlapping filters', [topic(filter(['prefix', 'a'])), topic(filter(['prefix', 'ab']))], 400, 'InvalidArgument'],
    ['no common prefix', [topic(filter(['prefix', 'a'])), topic(filter(['prefix', 'b']))], 200, undefined],
    ['no common suffix', [topic(filter(['suffix', 'a'])), topic(filter(['suffix', 'b']))], 200, undefined],
    ['no common event', [topic(''), topic('').replace('ObjectCreated:*', 'ObjectRemoved:Delete')], 200, undefined],
    ['a prefix of 1024 characters', [topic(filter(['prefix', 'x'.repeat(1024)]))], 200, undefined],
    ['the same ID', [topic('<Id>x</Id>'), topic(`<Id>x</Id>${filter(['prefix', 'a'])}`)], 400, 'InvalidArgument'],
    ['functions', ['<FunctionGraphConfiguration/>'], 501, 'ServiceNotImplemented'],
    ['unknown fields', ['<QueueConfiguration/>'], 400, 'MalformedXML'],
  ])('checks %s', async (_name, configurations, status, code) => {
    expect(await set(...configurations)).toEqual(code === undefined ? [status] : [status, code]);
  });
});

describe('notifications', () => {
  it('are published to the topic for objects that match, with the ID of the rule', async () => {
    await set(topic(`<Id>one</Id>${filter(['prefix', 'in/'], ['suffix', '.rdb'])}`));

    await obs.send('PUT', '/inbox/in/a.rdb', { body: 'REDIS0011' });
    await obs.send('PUT', '/inbox/in/a.txt', { body: 'x' });
    await obs.send('PUT', '/inbox/a.rdb', { body: 'x' });
    await obs.send('PUT', '/inbox/in/a.rdb?acl', { headers: { 'x-obs-acl': 'private' } });
    await obs.send('DELETE', '/inbox/in/a.rdb');

    const messages = obs.cloud.messages();
    expect(messages.map(({ topicUrn, subject }) => [topicUrn, subject])).toEqual([[TOPIC, 'OBS Notification']]);
    expect(JSON.parse(messages[0]?.message ?? '')).toMatchObject({
      Records: [
        {
          eventName: 'ObjectCreated:Put',
          userIdentity: { ID: ACCOUNT.domainId },
          obs: { configurationId: 'one', bucket: { name: 'inbox' }, object: { key: 'in%2Fa.rdb', size: 9 } },
        },
      ],
    });
  });

  it('are published for files that someone puts into the folder', async () => {
    await set(topic(''));
    const change = { bucket: 'inbox', key: 'a', versionId: 'null', time: new Date(0), sequencer: '0' };
    obs.cloud.notify({ ...change, eventName: 'ObjectCreated:Put', size: 1, eTag: 'x' });
    obs.cloud.notify({ ...change, eventName: 'ObjectRemoved:Delete' });
    obs.cloud.notify({ ...change, eventName: 'ObjectCreated:Put', bucket: 'other' });
    expect(obs.cloud.messages()).toHaveLength(1);
  });
});

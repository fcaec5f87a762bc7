import {
  encodeObjectKey,
  makeObjectNotification,
  type ObjectChange,
  type ObjectTriggerRule,
  ruleMatches,
} from '../../src/functiongraph/object-notification.ts';

const CHANGE: ObjectChange = {
  eventName: 'ObjectCreated:Put',
  bucket: 'backup-inbox-prod',
  key: 'prod/a b.rdb',
  size: 734_003,
  eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
  versionId: 'null',
  time: new Date('2026-03-14T02:20:37.418Z'),
  sequencer: '0000019CE8A1D3F20000000000000001',
};

const RULE: ObjectTriggerRule = {
  functionName: 'backup-landed',
  configurationId: 'cache-restore-on-upload',
  bucket: 'backup-inbox-prod',
  prefix: 'prod/',
  suffix: '.rdb',
  events: ['s3:ObjectCreated:*'],
};

describe('makeObjectNotification', () => {
  it('has the fields of a real delivery', () => {
    expect(makeObjectNotification(CHANGE, RULE, 'cn-north-4', 'owner-1')).toEqual({
      Records: [
        {
          eventVersion: '2.0',
          eventSource: 'aws:s3',
          awsRegion: 'cn-north-4',
          eventTime: '2026-03-14T02:20:37.418Z',
          eventName: 'ObjectCreated:Put',
          userIdentity: { principalId: 'owner-1' },
          requestParameters: { sourceIPAddress: '127.0.0.1' },
          responseElements: {
            'x-amz-request-id': expect.stringMatching(/^[0-9A-F]{32}$/),
            'x-amz-id-2': expect.stringMatching(/^[A-Za-z0-9+/]{64}$/),
          },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: 'cache-restore-on-upload',
            bucket: {
              name: 'backup-inbox-prod',
              ownerIdentity: { PrincipalId: 'owner-1' },
              arn: 'arn:aws:s3:::backup-inbox-prod',
            },
            object: {
              key: 'prod%2Fa+b.rdb',
              eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
              size: 734_003,
              versionId: 'null',
              sequencer: '0000019CE8A1D3F20000000000000001',
            },
          },
        },
      ],
    });
  });
});

describe('encodeObjectKey', () => {
  it.each([
    ['redis-backup-20260314.rdb', 'redis-backup-20260314.rdb'],
    [
      'redis/prod/2026 03 14/full+diff (v2) 备份 100%.rdb',
      'redis%2Fprod%2F2026+03+14%2Ffull%2Bdiff+%28v2%29+%E5%A4%87%E4%BB%BD+100%25.rdb',
    ],
    ["it's~!&=.rdb", 'it%27s%7E%21%26%3D.rdb'],
  ])('form-encodes %s', (key, encoded) => {
    expect(encodeObjectKey(key)).toBe(encoded);
  });
});

describe('ruleMatches', () => {
  it.each<[string, Partial<ObjectTriggerRule>, Partial<ObjectChange>, boolean]>([
    ['everything matches', {}, {}, true],
    ['another bucket', {}, { bucket: 'other' }, false],
    ['another prefix', {}, { key: 'test/a.rdb' }, false],
    ['another suffix', {}, { key: 'prod/a.txt' }, false],
    ['no prefix and suffix', { prefix: '', suffix: '' }, { key: 'x' }, true],
    ['another kind of event', {}, { eventName: 'ObjectRemoved:Delete' }, false],
    ['exactly the event', { events: ['s3:ObjectRemoved:Delete'] }, { eventName: 'ObjectRemoved:Delete' }, true],
    ['one of several events', { events: ['s3:ObjectCreated:Post', 's3:ObjectCreated:Put'] }, {}, true],
    ['only another event', { events: ['s3:ObjectCreated:Post'] }, {}, false],
  ])('%s', (_name, rule, change, expected) => {
    expect(ruleMatches({ ...RULE, ...rule }, { ...CHANGE, ...change })).toBe(expected);
  });
});

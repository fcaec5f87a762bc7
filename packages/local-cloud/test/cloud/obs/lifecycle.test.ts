import { DAY_MS, md5, ObsFixture, result } from './obs-fixture.ts';

let obs: ObsFixture;

beforeEach(async () => {
  obs = await ObsFixture.start([{ name: 'inbox' }, { name: 'kept', storage: 'memory', versioning: true }]);
});

afterEach(() => obs.close());

const rule = (fields: string, prefix = '<Prefix>runs/</Prefix>', id = '') =>
  `<Rule>${id === '' ? '' : `<ID>${id}</ID>`}${prefix}<Status>Enabled</Status>${fields}</Rule>`;
const days = (count: number | string) => `<Expiration><Days>${count}</Days></Expiration>`;
const set = (bucket: string, ...rules: readonly string[]) =>
  obs.put(`/${bucket}?lifecycle`, `<LifecycleConfiguration>${rules.join('')}</LifecycleConfiguration>`);
const keys = async (bucket: string) => {
  await obs.send('HEAD', `/${bucket}`);
  return obs.cloud.obs.bucket(bucket).storage.keys('');
};

describe('SetBucketLifecycle', () => {
  const filter = (inner: string) => `<Filter>${inner}</Filter>`;
  const tags = (count: number) =>
    Array.from({ length: count }, (_, i) => `<Tag><Key>k${i}</Key><Value>v</Value></Tag>`).join('');

  it.each([
    ['days', [rule(days(1))]],
    ['a date at midnight', [rule('<Expiration><Date>2026-01-01T00:00:00.000Z</Date></Expiration>')]],
    ['a whole bucket', [rule(days(1), '<Prefix/>')]],
    ['a filter for everything', [rule(days(1), '<Filter><Prefix/></Filter>')]],
    ['a filter by prefix', [rule(days(1), filter('<Prefix>a</Prefix>'))]],
    ['a filter by tag', [rule(days(1), filter(tags(1)))]],
    ['a filter by both', [rule(days(1), filter(`<And><Prefix>a</Prefix>${tags(10)}</And>`))]],
    ['two prefixes', [rule(days(1), '<Prefix>a/</Prefix>'), rule(days(1), '<Prefix>b/</Prefix>')]],
    ['an ID of 255 characters', [rule(days(1), '<Prefix>a</Prefix>', 'i'.repeat(255))]],
    [
      'all actions',
      [
        rule(
          `<Transition><Days>1</Days><StorageClass>WARM</StorageClass></Transition>${days(2)}<NoncurrentVersionTransition><NoncurrentDays>1</NoncurrentDays><StorageClass>COLD</StorageClass></NoncurrentVersionTransition><NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays></NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload>`,
          '<Prefix>a</Prefix>',
          'all',
        ),
      ],
    ],
  ])('takes %s, and returns it', async (_name, rules) => {
    expect(await set('inbox', ...rules)).toEqual([200]);

    const { text } = await obs.send('GET', '/inbox?lifecycle');
    const got = text.split('\n')[1]?.replaceAll(/<ID>[0-9a-f]{32}<\/ID>/g, '');
    const same = (xml: string) => xml.replaceAll(/<(\w+)\/>/g, '<$1></$1>');
    expect(got).toBe(same(`<LifecycleConfiguration>${rules.join('')}</LifecycleConfiguration>`));
    const body = text.slice(text.indexOf('\n') + 1);
    expect(await obs.put('/inbox?lifecycle', body)).toEqual([200]);
  });

  it.each([
    ['no rule', [], 'MalformedXML'],
    ['zero days', [rule(days(0))], 'InvalidArgument'],
    ['negative days', [rule(days(-1))], 'InvalidArgument'],
    ['a fraction', [rule(days('1.5'))], 'MalformedXML'],
    [
      'a date that is not at midnight',
      [rule('<Expiration><Date>2026-01-01T00:00:01.000Z</Date></Expiration>')],
      'InvalidArgument',
    ],
    [
      'a date that does not exist',
      [rule('<Expiration><Date>2026-13-01T00:00:00.000Z</Date></Expiration>')],
      'InvalidArgument',
    ],
    [
      'days and a date',
      [rule('<Expiration><Days>1</Days><Date>2026-01-01T00:00:00.000Z</Date></Expiration>')],
      'MalformedXML',
    ],
    ['neither', [rule('<Expiration/>')], 'MalformedXML'],
    ['no action', [rule('')], 'InvalidRequest'],
    ['no prefix', [rule(days(1), '')], 'MalformedXML'],
    ['prefix and filter', [rule(days(1), '<Prefix>a</Prefix><Filter/>')], 'MalformedXML'],
    ['two tags without And', [rule(days(1), filter(tags(2)))], 'MalformedXML'],
    ['an empty And', [rule(days(1), filter('<And/>'))], 'MalformedXML'],
    ['eleven tags', [rule(days(1), filter(`<And>${tags(11)}</And>`))], 'InvalidTagError'],
    [
      'overlapping prefixes',
      [rule(days(1), '<Prefix>abc</Prefix>'), rule(days(1), '<Prefix>ab</Prefix>')],
      'InvalidRequest',
    ],
    [
      'the same ID',
      [rule(days(1), '<Prefix>a</Prefix>', 'x'), rule(days(1), '<Prefix>b</Prefix>', 'x')],
      'InvalidArgument',
    ],
    ['an ID of 256 characters', [rule(days(1), '<Prefix>a</Prefix>', 'i'.repeat(256))], 'InvalidArgument'],
    ['another status', [rule(days(1)).replace('Enabled', 'On')], 'MalformedXML'],
    [
      'a class that is not colder',
      [rule('<Transition><Days>1</Days><StorageClass>STANDARD</StorageClass></Transition>')],
      'MalformedXML',
    ],
    ['an unknown field', [rule(`${days(1)}<Other/>`)], 'MalformedXML'],
    [
      'uploads by tag',
      [
        rule(
          '<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>',
          filter(tags(1)),
        ),
      ],
      'InvalidRequest',
    ],
    ['more than 20 KB', [rule(days(1), `<Prefix>${'p'.repeat(20 * 1024)}</Prefix>`)], 'EntityTooLarge'],
  ])('refuses %s', async (_name, rules, code) => {
    expect(await set('inbox', rule(days(9), '<Prefix>old/</Prefix>', 'old'))).toEqual([200]);
    expect(await set('inbox', ...rules)).toEqual([400, code]);
    expect((await obs.send('GET', '/inbox?lifecycle')).text).toContain('<ID>old</ID>');
  });

  it('needs the MD5 of the request', async () => {
    const body = `<LifecycleConfiguration>${rule(days(1))}</LifecycleConfiguration>`;
    expect(await obs.send('PUT', '/inbox?lifecycle', { body }).then(result)).toEqual([400, 'MissingRequiredHeader']);
    expect(
      await obs.send('PUT', '/inbox?lifecycle', { body, headers: { 'content-md5': md5(`${body} `) } }).then(result),
    ).toEqual([400, 'BadDigest']);
  });

  it('is done by the official SDK, which reads the rules back', async () => {
    const Rules = [
      { ID: 'a-400', Prefix: 'runs/', Status: 'Enabled', Expiration: { Days: 400 } },
      {
        ID: 'b',
        Prefix: 'lanes/',
        Status: 'Disabled',
        Transitions: [{ Days: 30, StorageClass: 'WARM' }],
        NoncurrentVersionExpiration: { NoncurrentDays: 3 },
      },
    ];
    expect(await obs.status('setBucketLifecycleConfiguration', { Bucket: 'inbox', Rules })).toEqual([200, '']);
    const { InterfaceResult } = await obs.sdk('getBucketLifecycleConfiguration', { Bucket: 'inbox' });
    expect(InterfaceResult.Rules).toMatchObject([
      { ID: 'a-400', Prefix: 'runs/', Status: 'Enabled', Expiration: { Days: '400' } },
      {
        Prefix: 'lanes/',
        Status: 'Disabled',
        Transitions: [{ Days: '30', StorageClass: 'STANDARD_IA' }],
        NoncurrentVersionExpiration: { NoncurrentDays: '3' },
      },
    ]);
    expect(await obs.status('deleteBucketLifecycleConfiguration', { Bucket: 'inbox' })).toEqual([204, '']);
    expect(await obs.status('getBucketLifecycleConfiguration', { Bucket: 'inbox' })).toEqual([
      404,
      'NoSuchLifecycleConfiguration',
    ]);
  });
});

describe('lifecycle rules', () => {
  const untilMidnight = DAY_MS / 2;

  it.each(['inbox', 'plain'])(
    'remove objects of %s at the midnight after so many days, without an event',
    async (bucket) => {
      await obs.cloud.obs.addBucket({ name: 'plain', storage: 'memory' });
      await set(bucket, rule(days(2)));
      await obs.send('PUT', `/${bucket}/runs/a`, { body: 'x' });
      await obs.send('PUT', `/${bucket}/other`, { body: 'x' });
      // Written at noon of the 14th: two days old at the beginning of the 17th.
      obs.clock.advance(untilMidnight + 2 * DAY_MS - 1);
      expect(await keys(bucket)).toEqual(['other', 'runs/a']);
      obs.clock.advance(1);
      expect(await keys(bucket)).toEqual(['other']);
      expect(obs.eventNames()).toEqual(['ObjectCreated:Put', 'ObjectCreated:Put']);
    },
  );

  it('count a write at midnight to the day that begins', async () => {
    await set('inbox', rule(days(1)));
    obs.clock.advance(untilMidnight);
    await obs.send('PUT', '/inbox/runs/a', { body: 'x' });
    obs.clock.advance(DAY_MS);
    expect(await keys('inbox')).toEqual(['runs/a']);
    obs.clock.advance(DAY_MS);
    expect(await keys('inbox')).toEqual([]);
  });

  it('leave a delete marker above other versions', async () => {
    await set('kept', rule(days(1)));
    await obs.send('PUT', '/kept/runs/a', { body: '1' });
    await obs.send('DELETE', '/kept/runs/a');
    obs.clock.advance(9 * DAY_MS);
    await obs.send('HEAD', '/kept');
    const versions = await obs.cloud.obs.bucket('kept').storage.versions('');
    expect(versions.map(({ isDeleteMarker }) => isDeleteMarker)).toEqual([true, false]);
  });

  it('count from the last write, of appends too', async () => {
    await set('inbox', rule(days(2)));
    await obs.send('POST', '/inbox/runs/a?append&position=0', { body: 'x' });
    obs.clock.advance(2 * DAY_MS);
    await obs.send('POST', '/inbox/runs/a?append&position=1', { body: 'x' });
    obs.clock.advance(2 * DAY_MS);
    expect(await keys('inbox')).toEqual(['runs/a']);
    obs.clock.advance(DAY_MS);
    expect(await keys('inbox')).toEqual([]);
  });

  it('do nothing while they are disabled, or deleted', async () => {
    await set('inbox', rule(days(1)).replace('Enabled', 'Disabled'));
    await obs.send('PUT', '/inbox/runs/a', { body: 'x' });
    obs.clock.advance(10 * DAY_MS);
    expect(await keys('inbox')).toEqual(['runs/a']);
    await set('inbox', rule(days(1)));
    await obs.send('DELETE', '/inbox?lifecycle');
    obs.clock.advance(10 * DAY_MS);
    expect(await keys('inbox')).toEqual(['runs/a']);
  });

  it('are applied at the start to what expired in the meantime', async () => {
    await obs.send('PUT', '/inbox/runs/a', { body: 'x' });
    await set('inbox', rule(days(1)));
    await obs.cloud.close();
    obs.clock.advance(10 * DAY_MS);
    await obs.restart([{ name: 'inbox' }]);
    expect(await keys('inbox')).toEqual([]);
  });

  it('remove what was last written before a date, from that date on', async () => {
    await obs.send('PUT', '/inbox/runs/a', { body: 'x' });
    await set('inbox', rule('<Expiration><Date>2026-03-16T00:00:00Z</Date></Expiration>'));
    obs.clock.advance(DAY_MS);
    expect(await keys('inbox')).toEqual(['runs/a']);
    obs.clock.advance(untilMidnight);
    await obs.send('PUT', '/inbox/runs/later', { body: 'x' });
    expect(await keys('inbox')).toEqual(['runs/later']);
    obs.clock.advance(9 * DAY_MS);
    expect(await keys('inbox')).toEqual(['runs/later']);
  });

  it('select objects by all their tags', async () => {
    const tag = (key: string) => `<Tag><Key>${key}</Key><Value>1</Value></Tag>`;
    await set('inbox', rule(days(1), `<Filter><And>${tag('a')}${tag('b')}</And></Filter>`));
    await obs.send('PUT', '/inbox/both', { body: 'x', headers: { 'x-obs-tagging': 'a=1&b=1&c=1' } });
    await obs.send('PUT', '/inbox/one', { body: 'x', headers: { 'x-obs-tagging': 'a=1&b=2' } });
    await obs.send('PUT', '/inbox/none', { body: 'x' });
    obs.clock.advance(3 * DAY_MS);
    expect(await keys('inbox')).toEqual(['none', 'one']);
  });

  it('move objects to a colder class, and never to a warmer one', async () => {
    const move = (count: number, name: string) =>
      `<Transition><Days>${count}</Days><StorageClass>${name}</StorageClass></Transition>`;
    await set('inbox', rule(move(1, 'WARM') + move(3, 'COLD')));
    await obs.send('PUT', '/inbox/runs/a', { body: 'x' });
    await obs.send('PUT', '/inbox/runs/cold', { body: 'x', headers: { 'x-obs-storage-class': 'COLD' } });
    const classes = async () =>
      [...(await obs.send('GET', '/inbox')).text.matchAll(/<StorageClass>(\w+)</g)].map(([, name]) => name);
    expect(await classes()).toEqual(['STANDARD', 'COLD']);
    obs.clock.advance(2 * DAY_MS);
    expect(await classes()).toEqual(['WARM', 'COLD']);
    obs.clock.advance(2 * DAY_MS);
    expect(await classes()).toEqual(['COLD', 'COLD']);
    expect(await obs.get('/inbox/runs/a')).toEqual([403, 'InvalidObjectState']);
  });

  it('hide the latest version, remove replaced ones, and then the marker', async () => {
    await set(
      'kept',
      rule(`${days(3)}<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>`),
    );
    const kinds = async () => {
      await obs.send('HEAD', '/kept');
      const versions = await obs.cloud.obs.bucket('kept').storage.versions('');
      return versions.map(({ isDeleteMarker, size }) => (isDeleteMarker ? 'marker' : size));
    };
    await obs.send('PUT', '/kept/runs/a', { body: '1' });
    await obs.send('PUT', '/kept/runs/a', { body: '22' });
    obs.clock.advance(2 * DAY_MS);
    expect(await kinds()).toEqual([2]);
    obs.clock.advance(2 * DAY_MS);
    expect(await kinds()).toEqual(['marker', 2]);
    obs.clock.advance(2 * DAY_MS);
    expect(await kinds()).toEqual(['marker']);
    obs.clock.advance(3 * DAY_MS);
    expect(await kinds()).toEqual([]);
  });

  it('abort uploads that were not completed', async () => {
    await set(
      'inbox',
      rule(
        '<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>',
      ),
    );
    await obs.send('POST', '/inbox/runs/a?uploads');
    await obs.send('POST', '/inbox/other?uploads');
    obs.clock.advance(2 * DAY_MS);
    const { text } = await obs.send('GET', '/inbox?uploads');
    expect([...text.matchAll(/<Key>([^<]*)</g)].map(([, key]) => key)).toEqual(['other']);
  });
});

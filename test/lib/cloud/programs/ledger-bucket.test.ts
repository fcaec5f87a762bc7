import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeLedgerBucket } from '../../../../lib/cloud/programs/ledger-bucket.ts';
import { checkLedgerRules, requiredRules } from '../../../../lib/cloud/programs/ledger-rules.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { Clock } from '../../../../packages/local-cloud/src/cloud/clock.ts';
import { startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';

/** Rules as the API reference prints them (PutBucketLifecycle obs_04_0034, 2025-08-22; user guide obs_41_0075). */
const RULES = `<LifecycleConfiguration>
<Rule><ID>all</ID><Prefix></Prefix><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule>
<Rule><ID>date</ID><Prefix>m/</Prefix><Status>Enabled</Status><Expiration><Date>2024-05-30T00:00:00.000Z</Date></Expiration></Rule>
<Rule><ID>off</ID><Prefix></Prefix><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule>
<Rule><ID>cold</ID><Prefix>x/</Prefix><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>WARM</StorageClass></Transition><Transition><Days>60</Days><StorageClass>COLD</StorageClass></Transition></Rule>
<Rule><ID>warm</ID><Prefix>y/</Prefix><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>WARM</StorageClass></Transition></Rule>
<Rule><ID>versions</ID><Prefix>z/</Prefix><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays></NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>10</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
</LifecycleConfiguration>`;

describe('the bucket of a ledger', () => {
  let server: Server;
  let sent = '';
  beforeEach(async () => {
    server = createServer((request, response) => {
      response.setHeader('x-amz-request-id', 'r-1').setHeader('content-type', 'application/xml');
      if (request.method === 'GET') return response.end(RULES);
      sent = '';
      request.on('data', (part: Buffer) => {
        sent += part.toString();
      });
      return request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const bucket = () =>
    makeLedgerBucket({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      bucket: 'ops-ledger',
      prefix: 'm/',
      credentials: { accessKey: 'AK', secretKey: new Secret('SK') },
      remainingMs: () => 10_000,
    });

  it('returns the enabled rules, with their effect on current objects', async () => {
    expect(await bucket().rules()).toEqual([
      { id: 'all', prefix: '', days: 30 },
      { id: 'date', prefix: 'm/', date: '2024-05-30T00:00:00.000Z' },
      { id: 'cold', prefix: 'x/', archives: true },
      { id: 'warm', prefix: 'y/' },
      { id: 'versions', prefix: 'z/' },
    ]);
  });

  it('sets rules with distinct IDs', async () => {
    await bucket().setRules([
      { prefix: 'm/runs/', days: 400 },
      { prefix: 'm/lanes/job/', days: 62 },
    ]);

    expect([...sent.matchAll(/<ID>([^<]+)<\/ID>/g)].map(([, id]) => id)).toEqual([
      'migration-functions-ledger-400',
      'migration-functions-ledger-62',
    ]);
    expect([...sent.matchAll(/<Prefix>([^<]+)<\/Prefix>/g)].map(([, prefix]) => prefix)).toEqual([
      'm/runs/',
      'm/lanes/job/',
    ]);
  });
});

it('removes runs and the use of limits when the rules say so, and nothing else', async () => {
  const days = (count: number) => count * 24 * 60 * 60 * 1000;
  const clock = new Clock({ frozenAt: Date.UTC(2026, 2, 14) });
  const cloud = await startLocalCloud({
    accounts: [{ accessKey: 'AK', secretKey: 'SK', projectId: '0'.repeat(32), domainId: 'd' }],
    clock,
    obs: { buckets: [{ name: 'ops-ledger', storage: 'memory' }] },
  });
  try {
    const bucket = makeLedgerBucket({
      endpoint: cloud.obsUrl,
      bucket: 'ops-ledger',
      prefix: 'm/',
      credentials: { accessKey: 'AK', secretKey: new Secret('SK') },
      remainingMs: () => 10_000,
    });
    const names = ['m/control/state', 'm/lanes/job/a', 'm/open/a', 'm/runs/a'];
    const left = async () => {
      await bucket.rules();
      return cloud.obs.bucket('ops-ledger').storage.keys('');
    };
    await bucket.prove();
    expect(await bucket.rules()).toEqual([]);
    await bucket.setRules(requiredRules('m/'));
    expect(checkLedgerRules(await bucket.rules(), 'm/')).toEqual({ harmful: [], missing: [] });
    const attributes = { contentType: undefined, metadata: {} };
    for (const name of names) await cloud.obs.append('ops-ledger', name, 0, Buffer.from('x'), attributes);

    clock.advance(days(62));
    expect(await left()).toEqual(names);
    clock.advance(days(1));
    expect(await left()).toEqual(['m/control/state', 'm/open/a', 'm/runs/a']);
    clock.advance(days(338));
    expect(await left()).toEqual(['m/control/state', 'm/open/a']);
  } finally {
    await cloud.close();
  }
});

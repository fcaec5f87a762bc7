import { LiveFindings } from '../../../../../lib/cli/check/live/live-findings.ts';
import { lookAtLedgerRules } from '../../../../../lib/cli/check/live/look-at-ledger-rules.ts';
import type { LifecycleRule } from '../../../../../lib/cloud/programs/ledger-rules.ts';
import type { KnownCode } from '../../../../../lib/kernel/codes.ts';
import { CloudError } from '../../../../../lib/kernel/errors.ts';

const LEDGER = { obs: { bucket: 'ops-ledger', prefix: 'm/' } };

async function look(rules: () => Promise<readonly LifecycleRule[]>) {
  const found = new LiveFindings(() => {});
  await lookAtLedgerRules({ rules }, LEDGER, found);
  return found.all();
}

const refused = (cloudCode: KnownCode, status: number) =>
  new CloudError({
    service: 'OBS',
    operation: 'GetBucketLifecycle',
    outcome: 'rejected',
    temporary: false,
    cloudCode,
    status,
  });

describe('the lifecycle rules of a ledger, looked at live', () => {
  it('are a problem where one covers what must stay', async () => {
    expect(await look(async () => [{ id: 'tidy', prefix: 'm/', days: 500 }])).toEqual([
      {
        level: 'problem',
        jobs: [],
        path: ['ledger', 'obs', 'prefix'],
        asked: 'OBS GetBucketLifecycle of ops-ledger',
        message: expect.stringMatching(
          /^lifecycle rule tidy removes m\/\* after 500 days, including the ledger's m\/control\//,
        ),
        advice: 'change that rule in the console of OBS',
      },
    ]);
  });

  it.each([
    ['there are none', []],
    [
      'they are those of a deploy',
      [
        { prefix: 'm/runs/', days: 400 },
        { prefix: 'm/lanes/job/', days: 62 },
      ],
    ],
  ])('are no finding when %s', async (_what, rules) => {
    expect(await look(async () => rules)).toEqual([]);
  });

  it('are no finding of a bucket that is not there: listing it says so', async () => {
    expect(await look(() => Promise.reject(refused('NoSuchBucket', 404)))).toEqual([]);
  });

  it('are not known when the keys may not read them', async () => {
    expect(await look(() => Promise.reject(refused('AccessDenied', 403)))).toMatchObject([
      { level: 'unknown', advice: expect.stringContaining('obs:bucket:GetLifecycleConfiguration on ops-ledger') },
    ]);
  });
});

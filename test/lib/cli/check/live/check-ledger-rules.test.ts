import { checkLifecycleRules } from '../../../../../lib/cli/check/live/check-ledger-rules.ts';
import { LiveFindings } from '../../../../../lib/cli/check/live/live-findings.ts';
import type { LifecycleRule } from '../../../../../lib/cloud/programs/ledger-rules.ts';
import type { KnownCode } from '../../../../../lib/kernel/codes.ts';
import { CloudError } from '../../../../../lib/kernel/errors.ts';

const LEDGER = { obs: { bucket: 'ops-ledger', prefix: 'm/' } };

async function look(rules: () => Promise<readonly LifecycleRule[]>) {
  const found = new LiveFindings(() => {});
  await checkLifecycleRules({ rules }, LEDGER, found);
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

describe('the lifecycle rules of a ledger, checked live', () => {
  it('are a problem if one deletes what must be kept', async () => {
    expect(await look(async () => [{ id: 'tidy', prefix: 'm/', days: 500 }])).toEqual([
      {
        level: 'problem',
        jobs: [],
        path: ['ledger', 'obs', 'prefix'],
        asked: 'OBS GetBucketLifecycle of ops-ledger',
        message: expect.stringMatching(
          /^lifecycle rule tidy removes m\/\* after 500 days, including the ledger's m\/control\//,
        ),
        advice: 'change that rule in the OBS console',
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
  ])('are not a finding if %s', async (_what, rules) => {
    expect(await look(async () => rules)).toEqual([]);
  });

  it('are not a finding for a missing bucket, which listing reports', async () => {
    expect(await look(() => Promise.reject(refused('NoSuchBucket', 404)))).toEqual([]);
  });

  it('are unknown if the keys may not read them', async () => {
    expect(await look(() => Promise.reject(refused('AccessDenied', 403)))).toMatchObject([
      { level: 'unknown', advice: expect.stringContaining('obs:bucket:GetLifecycleConfiguration on ops-ledger') },
    ]);
  });
});

import type { LedgerBucket, LifecycleRule } from '../../../lib/cloud/ledger-bucket.ts';
import { checkLedgerBucket } from '../../../lib/deploy/check-ledger-bucket.ts';
import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { JOBS, jobsYaml } from '../../fixtures/deploy-harness.ts';

const LEDGER = { obs: { bucket: 'ops-ledger', prefix: 'm/' } };

class FakeLedgerBucket implements LedgerBucket {
  readonly set: LifecycleRule[] = [];
  there: LifecycleRule[] = [];
  open = new Map<string, number>();
  refusal: Error | undefined;

  async prove(): Promise<void> {
    if (this.refusal) throw this.refusal;
  }
  openRuns = async () => this.open;
  rules = async () => this.there;
  async setRule(rule: Required<LifecycleRule>): Promise<void> {
    this.set.push(rule);
  }
}

describe('checkLedgerBucket', () => {
  const check = async (bucket: FakeLedgerBucket) => {
    const { jobs } = await parseJobs(jobsYaml(JOBS), 'yaml');
    return checkLedgerBucket(bucket, LEDGER, jobs);
  };

  it('gives a bucket without rules the one that removes settled runs after 400 days', async () => {
    const bucket = new FakeLedgerBucket();

    expect(await check(bucket)).toEqual(['ledger ops-ledger: settled runs are removed after 400 days']);
    expect(bucket.set).toEqual([{ prefix: 'm/runs/', days: 400 }]);
  });

  it.each([
    ['our rule', [{ prefix: 'm/runs/', days: 400 }]],
    ['a longer one over the whole bucket', [{ prefix: '', days: 1000 }]],
  ])('leaves a bucket with %s as it is', async (_what, rules) => {
    const bucket = new FakeLedgerBucket();
    bucket.there = rules;

    expect(await check(bucket)).toEqual([]);
    expect(bucket.set).toEqual([]);
  });

  it('never touches rules that are there, and says what to add', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.there = [{ prefix: 'other/', days: 7 }];

    expect(await check(bucket)).toEqual([
      expect.stringMatching(/add a lifecycle rule that removes m\/runs\/\* after 400 days/),
    ]);
    expect(bucket.set).toEqual([]);
  });

  it('warns of a rule that forgets runs sooner', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.there = [{ prefix: 'm/', days: 399 }];

    expect(await check(bucket)).toEqual([expect.stringMatching(/removes m\/\* after 399 days/)]);
  });

  it('names jobs that are gone and have open runs, and no others', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.there = [{ prefix: 'm/runs/', days: 400 }];
    bucket.open = new Map([
      ['nightly', 1],
      ['gone', 2],
    ]);

    expect(await check(bucket)).toEqual([
      'ledger ops-ledger: gone is gone, and has 2 open runs: reconcile brings them to their end',
    ]);
  });

  it('stops with what to do when the bucket cannot hold a ledger', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.refusal = new Error('it is a parallel file system; give the ledger another bucket');

    await expect(check(bucket)).rejects.toThrow(
      'ledger ops-ledger: add and remove an object: it is a parallel file system; give the ledger another bucket',
    );
  });
});

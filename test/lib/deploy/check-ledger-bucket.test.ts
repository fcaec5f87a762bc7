import type { LedgerBucket, LedgerOwner } from '../../../lib/cloud/programs/ledger-bucket.ts';
import type { ExpiryRule, LifecycleRule } from '../../../lib/cloud/programs/ledger-rules.ts';
import { checkLedgerBucket } from '../../../lib/deploy/check-ledger-bucket.ts';
import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { JOBS, jobsYaml } from '../../fixtures/deploy-harness.ts';

const LEDGER = { obs: { bucket: 'ops-ledger', prefix: 'm/' } };

const ORIGIN = { region: 'ap-southeast-3', project: 'p1', stage: 'dev' };

const OURS: ExpiryRule[] = [
  { prefix: 'm/runs/', days: 400 },
  { prefix: 'm/lanes/job/', days: 62 },
];

class FakeLedgerBucket implements LedgerBucket {
  readonly set: ExpiryRule[] = [];
  there: LifecycleRule[] = [];
  open = new Map<string, string[]>();
  refusal: Error | undefined;

  async prove(): Promise<void> {
    if (this.refusal) throw this.refusal;
  }
  whose: LedgerOwner | undefined;
  owner = async () => this.whose;
  openRuns = async () => this.open;
  rules = async () => this.there;
  async setRules(rules: readonly ExpiryRule[]): Promise<void> {
    this.set.push(...rules);
  }
}

describe('checkLedgerBucket', () => {
  const check = async (bucket: FakeLedgerBucket) => {
    const { jobs } = await parseJobs(jobsYaml(JOBS), 'yaml');
    return checkLedgerBucket(bucket, LEDGER, jobs, ORIGIN);
  };

  it('sets rules in a bucket without any, which delete settled runs after 400 days and budgets after 62', async () => {
    const bucket = new FakeLedgerBucket();

    expect(await check(bucket)).toEqual([
      'ledger ops-ledger: settled runs are deleted after 400 days, and the use of job limits after 62',
    ]);
    expect(bucket.set).toEqual(OURS);
  });

  it.each([
    ['our rules', OURS],
    ['longer ones', OURS.map((rule) => ({ ...rule, days: 1000 }))],
  ])('does not change a bucket with %s', async (_what, rules) => {
    const bucket = new FakeLedgerBucket();
    bucket.there = rules;

    expect(await check(bucket)).toEqual([]);
    expect(bucket.set).toEqual([]);
  });

  it('never changes existing rules, and says what to add', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.there = [{ prefix: 'other/', days: 7 }];

    expect(await check(bucket)).toEqual([
      expect.stringMatching(/add a lifecycle rule that deletes m\/runs\/\* after 400 days/),
      expect.stringMatching(/add a lifecycle rule that deletes m\/lanes\/job\/\* after 62 days/),
    ]);
    expect(bucket.set).toEqual([]);
  });

  it('reports a rule that deletes what the ledger needs, and changes none', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.there = [{ id: 'tidy', prefix: 'm/', days: 400 }];

    expect(await check(bucket)).toEqual([
      expect.stringMatching(
        /^ledger ops-ledger: lifecycle rule tidy removes m\/\* after 400 days, including the ledger's m\/control\//,
      ),
    ]);
    expect(bucket.set).toEqual([]);
  });

  it.each([{}, { stage: 'dev' }, ORIGIN])('accepts a ledger of its own: %j', async (whose) => {
    const bucket = new FakeLedgerBucket();
    bucket.whose = whose;

    await expect(check(bucket)).resolves.toHaveLength(1);
  });

  it.each([
    [{ ...ORIGIN, stage: 'prod' }, 'region ap-southeast-3, project p1, stage prod'],
    [{ ...ORIGIN, project: 'p2' }, 'region ap-southeast-3, project p2, stage dev'],
    [{ region: 'cn-north-4', stage: 'dev' }, 'region cn-north-4, project unknown, stage dev'],
  ])('refuses the ledger of another environment, and changes nothing: %j', async (whose, text) => {
    const bucket = new FakeLedgerBucket();
    bucket.whose = whose;

    await expect(check(bucket)).rejects.toThrow(
      `ledger ops-ledger: check whose it is: it belongs to ${text}: give this stage a prefix (provider.prefix), or another ledger`,
    );
    expect(bucket.set).toEqual([]);
  });

  it('lists removed jobs with open runs, and no others', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.there = OURS;
    bucket.open = new Map([
      ['nightly', ['r-1']],
      ['gone', ['r-2', 'r-3']],
    ]);

    expect(await check(bucket)).toEqual([
      'ledger ops-ledger: job gone no longer exists, and has 2 open runs: reconcile finishes them',
    ]);
  });

  it('fails with what to do if the bucket cannot hold a ledger', async () => {
    const bucket = new FakeLedgerBucket();
    bucket.refusal = new Error('it is a parallel file system; give the ledger another bucket');

    await expect(check(bucket)).rejects.toThrow(
      'ledger ops-ledger: add and remove an object: it is a parallel file system; give the ledger another bucket',
    );
  });
});

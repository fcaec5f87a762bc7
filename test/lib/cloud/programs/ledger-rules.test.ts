import fc from 'fast-check';
import { checkLedgerRules, type LifecycleRule, requiredRules } from '../../../../lib/cloud/programs/ledger-rules.ts';

const OURS: LifecycleRule[] = [
  { prefix: 'm/runs/', days: 400 },
  { prefix: 'm/lanes/job/', days: 62 },
];
const ALL = 'm/control/, m/lanes/target/, m/open-sets/, m/open/, m/sets/, m/sweeps/';
const harmfulEffects = (rule: LifecycleRule, prefix = 'm/') => checkLedgerRules([rule], prefix).harmful;

describe('requiredRules', () => {
  it('remove runs after 400 days and budgets after 62, and nothing else', () => {
    expect(requiredRules('m/')).toEqual(OURS);
    expect(requiredRules('').map(({ prefix }) => prefix)).toEqual(['runs/', 'lanes/job/']);
  });

  it('harm no ledger and leave nothing missing, whatever its prefix', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^([a-z]{1,5}\/){0,3}$/), (prefix) => {
        expect(checkLedgerRules(requiredRules(prefix), prefix)).toEqual({ harmful: [], missing: [] });
      }),
    );
  });
});

describe('checkLedgerRules', () => {
  it.each([
    ['the whole bucket', '', ALL],
    ['the whole ledger', 'm/', ALL],
    ['more than the ledger', 'm', ALL],
    ['all lanes', 'm/lanes/', 'm/lanes/target/'],
    ['what begins like two of them', 'm/open', 'm/open-sets/, m/open/'],
    ['one of them', 'm/control/', 'm/control/'],
    ['a part of one', 'm/sweeps/import-a/', 'm/sweeps/'],
  ])('names a rule over %s, however late it removes', (_what, prefix, reached) => {
    const [harm, ...more] = harmfulEffects({ id: 'tidy', prefix, days: 10_000 });

    expect(harm).toContain(
      `, and so of the ledger ${reached}: pauses, sets, sweeps, lanes of targets and open runs are forgotten`,
    );
    expect(harm).toMatch(/^lifecycle rule tidy removes .* after 10000 days/);
    expect(harm).toContain('limit it to m/runs/ (400 days or more) and m/lanes/job/ (62 or more)');
    expect(more).toEqual([]);
  });

  it.each([
    ['runs', 'm/runs/', 399, 'runs are forgotten then, and an event that comes again makes a second task'],
    ['the runs of one job', 'm/runs/import-a/', 30, 'runs are forgotten then'],
    ['budgets', 'm/lanes/job/', 61, 'what jobs have spent of their limit is forgotten then'],
  ])('names a rule that removes %s too soon', (_what, prefix, days, says) => {
    expect(harmfulEffects({ prefix, days })).toEqual([expect.stringContaining(says)]);
  });

  it('names a rule by date, which removes what is older at once', () => {
    expect(harmfulEffects({ prefix: 'm/runs/', date: '2026-01-01T00:00:00.000Z' })).toEqual([
      expect.stringContaining('removes m/runs/* that was last written before 2026-01-01T00:00:00.000Z'),
    ]);
  });

  it('names a rule that archives what the ledger reads', () => {
    expect(harmfulEffects({ prefix: 'm/runs/', archives: true })).toEqual([
      expect.stringContaining('archives m/runs/*: what is archived of the ledger can be neither read nor appended to'),
    ]);
  });

  it.each<[string, LifecycleRule]>([
    ['beside the ledger', { prefix: 'other/', days: 1, archives: true }],
    ['of a longer name', { prefix: 'm/runs-of-others/', days: 1 }],
    ['for unfinished uploads or noncurrent versions alone', { prefix: '' }],
    ['that removes runs later', { prefix: 'm/runs/', days: 401 }],
  ])('says nothing of a rule %s', (_what, rule) => {
    expect(harmfulEffects(rule)).toEqual([]);
  });

  it('says that a filter is not to be seen where a rule has no prefix', () => {
    expect(harmfulEffects({ prefix: '', days: 30 }, '')[0]).toMatch(
      /^a lifecycle rule removes every object \(unless it has a filter, which is not to be seen here\) after 30 days/,
    );
  });

  it('names what no rule removes', () => {
    expect(checkLedgerRules([], 'm/').missing).toEqual(OURS);
    expect(checkLedgerRules([{ prefix: 'm/runs/import-a/', days: 400 }], 'm/').missing).toEqual(OURS);
    expect(checkLedgerRules([{ prefix: 'm/ru', days: 400 }], 'm/').missing).toEqual(OURS.slice(1));
  });
});

import fc from 'fast-check';
import { checkLedgerRules, type LifecycleRule, requiredRules } from '../../../../lib/cloud/programs/ledger-rules.ts';

const REQUIRED: LifecycleRule[] = [
  { prefix: 'm/runs/', days: 400 },
  { prefix: 'm/lanes/job/', days: 62 },
];
const ALL = 'm/control/, m/lanes/target/, m/open-sets/, m/open-unreadable/, m/open/, m/sets/, m/sweeps/';
const harmfulEffects = (rule: LifecycleRule, prefix = 'm/') => checkLedgerRules([rule], prefix).harmful;

describe('requiredRules', () => {
  it('remove runs after 400 days and budgets after 62, and nothing else', () => {
    expect(requiredRules('m/')).toEqual(REQUIRED);
    expect(requiredRules('').map(({ prefix }) => prefix)).toEqual(['runs/', 'lanes/job/']);
  });

  it('are harmless and complete, whatever the prefix', () => {
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
    ['the common prefix of two of them', 'm/open', 'm/open-sets/, m/open-unreadable/, m/open/'],
    ['one of them', 'm/control/', 'm/control/'],
    ['a part of one', 'm/sweeps/import-a/', 'm/sweeps/'],
  ])('reports a rule over %s, however late it removes', (_what, prefix, reached) => {
    const [harm, ...more] = harmfulEffects({ id: 'tidy', prefix, days: 10_000 });

    expect(harm).toContain(
      `, including the ledger's ${reached}: pauses, sets, sweeps, target lanes and open runs would be lost`,
    );
    expect(harm).toMatch(/^lifecycle rule tidy removes .* after 10000 days/);
    expect(harm).toContain('limit it to m/runs/ (400 days or more) and m/lanes/job/ (62 or more)');
    expect(more).toEqual([]);
  });

  it.each([
    ['runs', 'm/runs/', 399, 'runs are then forgotten, and a redelivered event makes a second task'],
    ['the runs of one job', 'm/runs/import-a/', 30, 'runs are then forgotten'],
    ['budgets', 'm/lanes/job/', 61, 'the usage counted against job limits is then forgotten'],
  ])('reports a rule that removes %s too soon', (_what, prefix, days, says) => {
    expect(harmfulEffects({ prefix, days })).toEqual([expect.stringContaining(says)]);
  });

  it('reports a rule with a date, which removes older objects immediately', () => {
    expect(harmfulEffects({ prefix: 'm/runs/', date: '2026-01-01T00:00:00.000Z' })).toEqual([
      expect.stringContaining('removes m/runs/* last written before 2026-01-01T00:00:00.000Z'),
    ]);
  });

  it('reports a rule that archives objects of the ledger', () => {
    expect(harmfulEffects({ prefix: 'm/runs/', archives: true })).toEqual([
      expect.stringContaining('archives m/runs/*: archived objects of the ledger can be neither read nor appended to'),
    ]);
  });

  it.each<[string, LifecycleRule]>([
    ['outside the ledger', { prefix: 'other/', days: 1, archives: true }],
    ['with a longer prefix', { prefix: 'm/runs-of-others/', days: 1 }],
    ['only for multipart uploads or noncurrent versions', { prefix: '' }],
    ['that removes runs later', { prefix: 'm/runs/', days: 401 }],
  ])('does not report a rule %s', (_what, rule) => {
    expect(harmfulEffects(rule)).toEqual([]);
  });

  it('mentions an invisible filter when a rule has no prefix', () => {
    expect(harmfulEffects({ prefix: '', days: 30 }, '')[0]).toMatch(
      /^a lifecycle rule removes every object \(unless the rule has a filter, which is not visible here\) after 30 days/,
    );
  });

  it('returns the missing rules', () => {
    expect(checkLedgerRules([], 'm/').missing).toEqual(REQUIRED);
    expect(checkLedgerRules([{ prefix: 'm/runs/import-a/', days: 400 }], 'm/').missing).toEqual(REQUIRED);
    expect(checkLedgerRules([{ prefix: 'm/ru', days: 400 }], 'm/').missing).toEqual(REQUIRED.slice(1));
  });
});

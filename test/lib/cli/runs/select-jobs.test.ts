import fc from 'fast-check';
import { matchedJobs, selectJobs } from '../../../../lib/cli/runs/select-jobs.ts';
import { UsageError } from '../../../../lib/cli/usage-error.ts';

const JOBS = ['restore-staging', 'restore-prod', 'move-cache', 'refresh-staging-nightly'];
const matched = (given: string) => matchedJobs(selectJobs(given), JOBS, 'pause');

describe('selectJobs', () => {
  it.each([
    ['restore-*', ['restore-staging', 'restore-prod']],
    ['*', JOBS],
    ['**', JOBS],
    ['*-staging*', ['restore-staging', 'refresh-staging-nightly']],
    ['*staging', ['restore-staging']],
    ['r*-*d*', ['restore-prod']],
    ['move-cache*', ['move-cache']],
    ['move-cache', ['move-cache']],
  ])('matches with %s exactly the names that fit', (given, expected) => {
    expect(matched(given)).toEqual(expected);
  });

  it('selects one job, known or not, by its name', () => {
    expect(selectJobs('gone')).toMatchObject({ job: 'gone' });
    expect(matched('gone')).toEqual([]);
  });

  it('matches what the same regular expression matches', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 6 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 6 }).map((some) => `${some}*`);
    fc.assert(
      fc.property(pattern, text, (given, name) => {
        expect(selectJobs(given).matches(name)).toBe(new RegExp(`^${given.replaceAll('*', '.*')}$`).test(name));
      }),
    );
  });

  it.each([
    ['restore-?', 'is not a valid job name'],
    ['Restore-*', 'is not a valid pattern of job names'],
    ['restore-[ab]*', 'is not a valid pattern of job names'],
    ['a/*', 'is not a valid pattern of job names'],
    [`${'a'.repeat(80)}*`, 'is not a valid pattern of job names'],
    ['', 'is not a valid job name'],
  ])('refuses %j', (given, message) => {
    expect(() => selectJobs(given)).toThrow(message);
  });
});

describe('matchedJobs', () => {
  it.each([
    ['restor3-*', 'pause "restor3-*": no job matches; did you mean "restore-staging" or "restore-prod"?'],
    ['nightly*', 'pause "nightly*": no job matches; did you mean "refresh-staging-nightly"?'],
    [
      'x*',
      'pause "x*": no job matches; the jobs are restore-staging, restore-prod, move-cache, refresh-staging-nightly',
    ],
  ])('refuses %s, which matches nothing, and suggests names', (given, message) => {
    expect(() => matched(given)).toThrow(new UsageError(message));
  });

  it('lists at most ten names', () => {
    const many = Array.from({ length: 12 }, (_, i) => `job-${i}`);

    expect(() => matchedJobs(selectJobs('x*'), many, 'pause')).toThrow(/job-9, and 2 more$/);
    expect(() => matchedJobs(selectJobs('x*'), [], 'pause')).toThrow(/no job matches$/);
  });
});

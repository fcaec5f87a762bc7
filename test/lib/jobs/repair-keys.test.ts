import fc from 'fast-check';
import { inspectJobs } from '../../../lib/jobs/load-jobs.ts';
import { repairKeys } from '../../../lib/jobs/repair-keys.ts';

const KEYS = [
  'version',
  'jobs',
  'targets',
  'on',
  'schedule',
  'cron',
  'backup_import',
  'targt',
  'Jobs',
  'id',
  'constructor',
  '__proto__',
  'a',
];

describe('repairKeys', () => {
  it('terminates for any document, and does not change the given one', () => {
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, 1, 'a', true),
        fc.array(tie('document'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...KEYS), tie('document'), { maxKeys: 5, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(document, (given) => {
        const before = JSON.stringify(given);
        const { problems, originOf } = repairKeys(given);

        expect(JSON.stringify(given)).toBe(before);
        for (const { path } of problems) expect(originOf(path)).toEqual(path);
      }),
    );
  });

  it('is not slower for a file of unknown keys', async () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `key${i}: ${i}`);
    const { problems } = await inspectJobs(keys.join('\n'), 'yaml');

    expect(problems).toHaveLength(5003);
  });
});

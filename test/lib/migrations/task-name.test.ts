import fc from 'fast-check';
import { dcsTaskName } from '../../../lib/migrations/task-name.ts';

const RUN = '0123456789abcdef0123456789abcdef';

describe('dcsTaskName', () => {
  it.each([
    ['keeps a legal name', 'restore_Staging-2', 'restore_Staging-2-0123456789ab'],
    ['replaces a sequence of other characters by one dash', 'prod / dump.rdb', 'prod-dump-rdb-0123456789ab'],
    ['removes everything before the first letter', '2026-01-02_dump', 'dump-0123456789ab'],
    ['uses the job if nothing is left', '备份 2026', 'a-job-0123456789ab'],
    ['uses the job if there is no name', undefined, 'a-job-0123456789ab'],
    ['uses the job if the name is empty', '', 'a-job-0123456789ab'],
    ['keeps 51 characters', 'a'.repeat(51), `${'a'.repeat(51)}-0123456789ab`],
    ['cuts the 52nd', `${'a'.repeat(51)}b`, `${'a'.repeat(51)}-0123456789ab`],
  ])('%s', (_, name, expected) => {
    expect(dcsTaskName(name, 'a-job', RUN)).toBe(expected);
  });

  it('is legal whatever the name is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        expect(dcsTaskName(name, 'a-job', RUN)).toMatch(/^[A-Za-z][A-Za-z0-9_-]{0,50}-0123456789ab$/);
      }),
    );
  });
});

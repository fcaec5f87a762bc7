import fc from 'fast-check';
import { dcsTaskName, smsTaskName } from '../../../lib/migrations/task-name.ts';

const RUN = '0123456789abcdef0123456789abcdef';

describe('dcsTaskName', () => {
  it.each([
    ['keeps a legal name', 'restore_Staging-2', 'restore_Staging-2-0123456789ab'],
    ['makes a run of other characters one dash', 'prod / dump.rdb', 'prod-dump-rdb-0123456789ab'],
    ['drops what stands before the first letter', '2026-01-02_dump', 'dump-0123456789ab'],
    ['takes the job when nothing is left', '备份 2026', 'a-job-0123456789ab'],
    ['takes the job when there is no name', undefined, 'a-job-0123456789ab'],
    ['takes the job when the name is empty', '', 'a-job-0123456789ab'],
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

describe('smsTaskName', () => {
  it.each([
    ['keeps a legal name', 'web_01', 'web_01_01234567'],
    ['makes a run of other characters one underscore', 'web - 01', 'web_01_01234567'],
    ['drops what stands before the first letter', '_01_web', 'web_01234567'],
    ['takes the job when nothing is left, in its own letters', '备份', 'move_web_01_01234567'],
    ['takes the job when there is no name', undefined, 'move_web_01_01234567'],
    ['keeps 11 characters', 'abcdefghijk', 'abcdefghijk_01234567'],
    ['cuts the 12th', 'abcdefghijkl', 'abcdefghijk_01234567'],
  ])('%s', (_, name, expected) => {
    expect(smsTaskName(name, 'move-web-01', RUN)).toBe(expected);
  });

  it('is legal whatever the name is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        expect(smsTaskName(name, 'a-job', RUN)).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,10}_01234567$/);
      }),
    );
  });
});

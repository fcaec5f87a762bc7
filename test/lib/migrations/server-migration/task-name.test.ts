import fc from 'fast-check';
import { smsTaskName } from '../../../../lib/migrations/server-migration/task-name.ts';

const RUN = '0123456789abcdef0123456789abcdef';

describe('smsTaskName', () => {
  it.each([
    ['keeps a legal name', 'web_01', 'web_01_01234567'],
    ['replaces a sequence of other characters by one underscore', 'web - 01', 'web_01_01234567'],
    ['removes everything before the first letter', '_01_web', 'web_01234567'],
    ['uses the job if nothing is left, with dashes replaced', '备份', 'move_web_01_01234567'],
    ['uses the job if there is no name', undefined, 'move_web_01_01234567'],
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

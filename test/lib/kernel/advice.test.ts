import { adviceFor } from '../../../lib/kernel/advice.ts';

describe('adviceFor', () => {
  it.each([
    ['a code of the service', { code: 'DCS.4026', message: 'x' }, 'DCS.4026', 'if it lasts, check the instance'],
    ['a code within a range', { code: 'DCS.1003', message: 'x' }, 'DCS.1003', 'fix the agency'],
    [
      'what a failed task says',
      { code: 'task_failed', message: 'SMS.0205 Internal error.' },
      'SMS.0205',
      'fix that on the source, then start the task',
    ],
    [
      'a code of the gateway, as it is written either way',
      { code: 'APIG.0301', message: 'x' },
      'APIG.0301',
      'fix the agency, or the keys',
    ],
    [
      'a code of DCS in its long form',
      { code: '111400026', message: 'x' },
      'DCS.4026',
      'if it lasts, check the instance',
    ],
    [
      'a code that no table has',
      { code: 'SMS.9999', message: 'x' },
      'SMS.9999',
      'look it up in the error codes of its API reference; its support will ask for the request id',
    ],
    ['a code of ours', { code: 'no_backup', message: 'x' }, 'no_backup', 'Take one, or set copy_first: true.'],
    [
      'a page of the documentation by its path',
      { code: 'parked', message: 'x' },
      'parked',
      'Check whether the task exists, and record what you found: parked (docs/runbook.md#parked).',
    ],
  ])('names %s', (_, reason, code, remedy) => {
    expect(adviceFor(reason)).toEqual({ code, meaning: expect.stringMatching(/./), remedy });
  });

  it.each([
    { code: 'no_such_code_of_ours', message: 'DCS.40 is not a code' },
    { code: 'constructor', message: '' },
  ])('has no advice for %j', (reason) => {
    expect(adviceFor(reason)).toBeUndefined();
  });
});

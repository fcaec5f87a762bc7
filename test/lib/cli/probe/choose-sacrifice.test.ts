import { chooseSacrifice } from '../../../../lib/cli/probe/choose-sacrifice.ts';
import { makeJobs } from '../../../fixtures/jobs.ts';

const JOBS = makeJobs([], {
  plain: { id: 'i1' },
  locked: { id: 'i2', password: { user_data: 'PASSWORD' } },
  stored: { id: 'i3', password: { csms: 'cache' } },
});

describe('chooseSacrifice', () => {
  it('takes the password of a target from the environment', () => {
    expect(chooseSacrifice(JOBS, 'plain', {})).toEqual({ instanceId: 'i1' });
    expect(chooseSacrifice(JOBS, 'locked', { PASSWORD: 'Redis!Pass-1' }).password?.reveal()).toBe('Redis!Pass-1');
  });

  it.each([
    ['gone', 'no such target in the jobs file'],
    ['locked', 'set PASSWORD, its password, in the environment or .env'],
    ['stored', 'its password is in DEW, which probe does not read'],
  ])('refuses target %s: %s', (name, message) => {
    expect(() => chooseSacrifice(JOBS, name, {})).toThrow(message);
  });
});

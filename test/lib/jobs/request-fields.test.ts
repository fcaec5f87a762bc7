import fc from 'fast-check';
import type { Job } from '../../../lib/jobs/job.ts';
import { callerFields } from '../../../lib/jobs/request-fields.ts';
import { RunError } from '../../../lib/kernel/errors.ts';
import { DEFAULT_POLICIES } from '../../fixtures/jobs.ts';

const TARGETS = new Map([['cache', { id: 'x' }]]);

function job(accepts: string[], fields: Record<string, unknown> = {}): Job {
  return { name: 'a-job', kind: 'backup_import', on: { request: { accepts } }, fields, ...DEFAULT_POLICIES };
}

function refusal(given: Job, body: Record<string, unknown>): Record<string, string> {
  try {
    callerFields(given, body, TARGETS);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    expect(error.code).toBe('invalid_fields');
    return Object.fromEntries(error.problems.map(({ path, message }) => [path.join('/'), message]));
  }
  throw new Error('the body was accepted');
}

describe('callerFields', () => {
  it('returns the accepted fields', () => {
    const body = { description: '{{ job }}', backup_files: { backup_id: 'b' }, target_instance: 'cache' };

    expect(callerFields(job(['description', 'backup_files', 'target_instance']), body, TARGETS)).toEqual(body);
  });

  it('accepts latest_of from a caller, but not copy_first', () => {
    const latest = { backup_files: { latest_of: 'cache' } };

    expect(callerFields(job(['backup_files']), latest, TARGETS)).toEqual(latest);
    for (const copy_first of [true, false]) {
      expect(refusal(job(['backup_files']), { backup_files: { latest_of: 'cache', copy_first } })).toEqual({
        'backup_files/copy_first': 'is never accepted from a caller: only the jobs file can set it',
      });
    }
  });

  it('returns nothing for an empty body', () => {
    expect(callerFields(job(['description']), {}, TARGETS)).toEqual({});
  });

  it('accepts fields used by placeholders, for that purpose only', () => {
    const withPlaceholder = job([], { description: 'of {{ request.body.day }}' });

    expect(callerFields(withPlaceholder, { day: '2026-01-31' }, TARGETS)).toEqual({});
    expect(callerFields(withPlaceholder, { day: 31 }, TARGETS)).toEqual({});
    expect(refusal(withPlaceholder, { day: ['2026'] })).toEqual({ day: 'must be a string, a number, true or false' });
    expect(refusal(withPlaceholder, { day: 2 ** 53 })).toEqual({
      day: 'is larger than 9007199254740991 and would be rounded; send it as a string',
    });
  });

  it('refuses every other field by name', () => {
    expect(refusal(job(['description']), { descripton: 'x', backup_files: {}, description: 'y' })).toEqual({
      descripton: 'is not accepted by job a-job; it accepts description; did you mean "description"?',
      backup_files: 'is not accepted by job a-job; it accepts description',
    });
    expect(refusal(job([]), { description: 'x' })).toEqual({
      description: 'is not accepted by job a-job; it accepts no fields',
    });
  });

  it.each(['__proto__', 'constructor', 'toString'])('refuses %s', (name) => {
    const body = JSON.parse(`{"${name}":{"description":"x"}}`) as Record<string, unknown>;

    expect(Object.keys(refusal(job(['description']), body))).toEqual([name]);
  });

  it('refuses a password at every depth, and does not show it', () => {
    const body = {
      password: 'hunter2',
      backup_files: { files: [{ file_name: 'f', Password: 'hunter2' }] },
      target_instance: { id: 'x', password: { user_data: 'CACHE_PASSWORD' } },
    };

    const problems = refusal(job(['backup_files', 'target_instance']), body);

    expect(problems).toEqual({
      password: 'is never accepted from a caller: passwords are variables of the function',
      'backup_files/files/0/Password': 'is never accepted from a caller: passwords are variables of the function',
      'target_instance/password': 'is never accepted from a caller: passwords are variables of the function',
      target_instance: 'must be the name of a target in the jobs file',
    });
  });

  it('refuses a target that is not in targets', () => {
    const accepting = job(['target_instance']);

    expect(refusal(accepting, { target_instance: 'other' })).toHaveProperty('target_instance');
    expect(refusal(accepting, { target_instance: { id: 'x' } })).toHaveProperty('target_instance');
  });

  it('refuses excessive nesting without traversing it', () => {
    const body = JSON.parse(`{"description":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as Record<string, unknown>;

    expect(Object.values(refusal(job(['description']), body))).toEqual(['is nested more than 32 levels deep']);
  });

  it.each([
    ['unknown fields', Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 0]))],
    ['passwords in one field', { backup_files: Array.from({ length: 20_000 }, () => ({ password: 0 })) }],
    ['one more than are listed', Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 0]))],
  ])('lists 49 of many problems, and reports that there are more: %s', (_what, body) => {
    const problems = Object.entries(refusal(job(['backup_files']), body));

    expect(problems).toHaveLength(50);
    expect(problems.at(-1)).toEqual(['', 'has more problems than the 49 listed; the rest was not checked']);
  });

  it('lists all 49 problems', () => {
    const body = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`k${i}`, 0]));

    expect(Object.keys(refusal(job([]), body))).toEqual(Object.keys(body));
  });

  it('returns fields or throws, whatever the body is', () => {
    const accepting = job(['description', 'target_instance', 'backup_files'], { task_name: '{{ request.body.x }}' });
    const names = fc.constantFrom('description', 'target_instance', 'backup_files', 'x', 'password', '__proto__');
    const body = fc.dictionary(fc.oneof(names, fc.string()), fc.jsonValue());
    fc.assert(
      fc.property(body, (given) => {
        try {
          const fields = callerFields(accepting, given, TARGETS);
          expect(['description', 'target_instance', 'backup_files']).toEqual(
            expect.arrayContaining(Object.keys(fields)),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(RunError);
        }
      }),
    );
  });

  it('checks at most 50 invalid fields, and repeats at most 200 characters of a name', () => {
    const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 0]));

    expect(Object.keys(refusal(job([]), body))).toHaveLength(50);
    expect(Object.keys(refusal(job([]), { ['k'.repeat(250_000)]: 0 }))).toEqual([`${'k'.repeat(200)}...`]);
  });
});

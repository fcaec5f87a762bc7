import fc from 'fast-check';
import { isSecretReference } from '../../../lib/kernel/secret-reference.ts';
import { checkSecretReference } from '../../../lib/schema/check-secret-reference.ts';
import type { Findings } from '../../../lib/schema/findings.ts';

function check(value: unknown) {
  const found: Findings = { problems: [], warnings: [] };
  const reference = checkSecretReference(value, ['p'], found);
  return { reference, problems: found.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

describe('checkSecretReference', () => {
  it.each([
    { user_data: 'CACHE_PASSWORD' },
    { csms: 'cache' },
    { csms: 'prod.cache_1-a', key: 'password', version: 'v3' },
    { csms: 'cache', version: 'latest' },
    { csms: '...', key: 'a key with spaces' },
    { csms: 'x'.repeat(64), key: 'k'.repeat(128), version: 'v'.repeat(64) },
  ])('accepts %j', (value) => {
    expect(check(value)).toEqual({ reference: value, problems: [] });
  });

  it.each<[unknown, string]>([
    ['hunter2', 'p: must be { user_data: NAME }'],
    [{}, 'p: must be { user_data: NAME }, the name of an encrypted variable of the function; received an object'],
    [{ user_data: 'A', csms: 'b' }, 'p: must be { user_data: NAME }'],
    [{ user_data: 'A', key: 'b' }, 'p: must be { user_data: NAME }'],
    [
      { key: 'b' },
      'p: must be { user_data: NAME }, the name of an encrypted variable of the function, or { csms: NAME, key: KEY',
    ],
    [[{ csms: 'a' }], 'p: must be { user_data: NAME }'],
    [{ csms: '' }, 'p.csms: must be the name of a secret in DEW: 1 to 64 letters, digits, ".", "_" and "-"'],
    [{ csms: '.' }, 'p.csms: must be the name of a secret'],
    [{ csms: '..' }, 'p.csms: must be the name of a secret'],
    [{ csms: 'a/b' }, 'p.csms: must be the name of a secret'],
    [{ csms: 'a\n' }, 'p.csms: must be the name of a secret'],
    [{ csms: '{{ job }}' }, 'p.csms: must be the name of a secret'],
    [{ csms: 'x'.repeat(65) }, 'p.csms: must be the name of a secret'],
    [{ csms: 5 }, 'p.csms: must be a string; received'],
    [{ csms: null }, 'p.csms: must be a string; received'],
    [{ csms: 'a', key: '' }, 'p.key: must be a key of a JSON object'],
    [{ csms: 'a', key: 'k'.repeat(129) }, 'p.key: must be a key of a JSON object'],
    [{ csms: 'a', key: '{{ job }}' }, 'p.key: must be a key of a JSON object'],
    [{ csms: 'a', key: 'b\n' }, 'p.key: must be a key of a JSON object'],
    [{ csms: 'a', version: 3 }, 'p.version: must be a string; received a number, which is not shown'],
    [{ csms: 'a', version: 'v3/../..' }, 'p.version: must be the ID of a version'],
    [{ csms: 'a', version: '' }, 'p.version: must be the ID of a version'],
    [{ csms: 'a', versoin: 'b' }, `p.versoin: unknown key "versoin"; did you mean "version"?`],
  ])('refuses %j', (value, message) => {
    const { reference, problems } = check(value);

    expect(reference).toBeUndefined();
    expect(problems.join('\n')).toContain(message);
  });

  it('reports every problem of a reference, and shows no value', () => {
    const { problems } = check({ csms: 'hunter2 hunter2', key: 'hunter2{', version: 'hunter2 ' });

    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['p.csms', 'p.key', 'p.version']);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  it('returns a reference exactly when there are no problems, and never what else was in the value', () => {
    const part = fc.oneof(fc.string({ maxLength: 70 }), fc.constantFrom('a', 'v1', '..', '{{ a }}'), fc.anything());
    const value = fc.oneof(
      fc.anything(),
      fc.record({ user_data: part, csms: part, key: part, version: part, other: part }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(value, (given) => {
        const { reference, problems } = check(given);
        expect(reference === undefined).toBe(problems.length > 0);
        if (reference === undefined) return;
        expect(isSecretReference(reference)).toBe(true);
        expect(reference).toEqual(given);
        expect(check(reference)).toEqual({ reference, problems: [] });
      }),
    );
  });
});

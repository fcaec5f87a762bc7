import { revealSecrets } from '../../../../lib/cloud/transport/reveal-secrets.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';

describe('revealSecrets', () => {
  it('replaces each secret with its value, at any depth, and does not change the body', () => {
    const password = new Secret('pw-1');
    const body = { a: { password }, list: [{ password: new Secret('pw-2') }, 1, null, 'x'] };

    expect(revealSecrets(body)).toEqual({
      body: { a: { password: 'pw-1' }, list: [{ password: 'pw-2' }, 1, null, 'x'] },
      secrets: ['pw-1', 'pw-2'],
    });
    expect(body.a.password).toBe(password);
  });

  it('recognizes a plain password by its key', () => {
    expect(revealSecrets({ target_instance: { password: 'plain' } }).secrets).toEqual(['plain']);
  });

  it('refuses an unresolved reference', () => {
    expect(() => revealSecrets({ target_instance: { password: { user_data: 'A' } } })).toThrow(
      'the secret for "password"',
    );
  });
});

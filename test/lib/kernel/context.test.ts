import { adaptContext } from '../../../lib/kernel/context.ts';
import { fakePlatform } from '../../fakes/platform-context.ts';

describe('adaptContext', () => {
  it("provides the platform's remaining time under the name that middy expects", () => {
    expect(adaptContext(fakePlatform({ remainingMs: 1234 })).getRemainingTimeInMillis()).toBe(1234);
  });

  it('reads keys again each time, because the platform renews them', () => {
    const platform = fakePlatform();
    const context = adaptContext(platform);
    expect(context.credentials()?.accessKey).toBe('AK-1');

    platform.getSecurityAccessKey = () => 'AK-2';

    expect(context.credentials()?.accessKey).toBe('AK-2');
  });

  it('has no credentials without an execution agency', () => {
    expect(adaptContext(fakePlatform({ keys: null })).credentials()).toBeUndefined();
  });

  it('counts an empty variable as absent', () => {
    const context = adaptContext(fakePlatform({ userData: { A: '', B: 'b' } }));

    expect([context.userData('A'), context.userData('B'), context.userData('C')]).toEqual([undefined, 'b', undefined]);
  });

  it('works with a context that has no methods', () => {
    const context = adaptContext({});

    expect(context).toMatchObject({ requestId: 'unknown', projectId: undefined });
    expect(context.remainingMs()).toBeGreaterThan(9_000);
    expect(context.credentials()).toBeUndefined();
  });
});

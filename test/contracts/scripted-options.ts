import { makeKeysGuard } from '../../lib/cloud/transport/keys-guard.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import type { ScriptedCloud } from '../fakes/scripted-cloud.ts';

export const SCRIPTED_SK = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
export const PROJECT_ID = '0123456789abcdef0123456789abcdef';

/** What a service over a scripted cloud is made from. The key guard is new each time, so that no case is affected by another's 401. */
export function scriptedOptions(cloud: ScriptedCloud) {
  return {
    endpoint: cloud.endpoint,
    credentials: {
      accessKey: 'AKOFTHETEST',
      secretKey: new Secret(SCRIPTED_SK),
      securityToken: new Secret('token-of-the-test'),
    },
    remainingMs: () => 5_000,
    keysGuard: makeKeysGuard(() => 0),
  };
}

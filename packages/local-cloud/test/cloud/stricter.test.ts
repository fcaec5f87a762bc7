import { startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { STRICTER_RULES } from '../../src/cloud/stricter.ts';
import { ACCOUNT } from './caller.ts';

describe('the rules that are stricter than the pages', () => {
  it('are about operations of the local cloud, and each is stated once', async () => {
    const cloud = await startLocalCloud({ accounts: [ACCOUNT] });
    // A fault for an unknown operation is refused.
    for (const { operation } of STRICTER_RULES) cloud.faults.add({ operation, kind: 'forbidden' });
    await cloud.close();

    expect(new Set(STRICTER_RULES.map(({ operation, field }) => `${operation} ${field}`)).size).toBe(
      STRICTER_RULES.length,
    );
  });
});

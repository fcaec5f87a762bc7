import {
  ledgerKeysGuard,
  makeKeysGuard,
  makeOptionalKeysGuard,
  processKeysGuard,
} from '../../../../lib/cloud/transport/keys-guard.ts';

describe('makeKeysGuard', () => {
  it('blocks refused keys for exactly five minutes', () => {
    let now = 1_000;
    const guard = makeKeysGuard(() => now);

    expect(guard.refusedUntil('AK1')).toBeUndefined();
    guard.refused('AK1');
    expect(guard.refusedUntil('AK1')).toBe(301_000);
    now = 300_999;
    expect(guard.refusedUntil('AK1')).toBe(301_000);
    now = 301_000;
    expect(guard.refusedUntil('AK1')).toBeUndefined();
  });

  it('does not block other keys', () => {
    const guard = makeKeysGuard(() => 0);

    guard.refused('AK1');

    expect(guard.refusedUntil('AK2')).toBeUndefined();
  });

  it('lets the ledger be written after a refusal elsewhere', () => {
    processKeysGuard.refused('AK-elsewhere');

    expect(ledgerKeysGuard.refusedUntil('AK-elsewhere')).toBeUndefined();
  });

  it('blocks keys for all services after a refusal of the ledger', () => {
    ledgerKeysGuard.refused('AK-of-ledger');

    expect(ledgerKeysGuard.refusedUntil('AK-of-ledger')).toEqual(expect.any(Number));
    expect(processKeysGuard.refusedUntil('AK-of-ledger')).toEqual(expect.any(Number));
  });
});

describe('makeOptionalKeysGuard', () => {
  it('blocks keys that were refused here or elsewhere, and tells nobody else of those that were refused here', () => {
    const others = makeKeysGuard(() => 0);
    const guard = makeOptionalKeysGuard(others, () => 0);

    others.refused('AK1');
    guard.refused('AK2');

    expect(['AK1', 'AK2', 'AK3'].map((key) => guard.refusedUntil(key))).toEqual([300_000, 300_000, undefined]);
    expect(['AK1', 'AK2'].map((key) => others.refusedUntil(key))).toEqual([300_000, undefined]);
  });
});

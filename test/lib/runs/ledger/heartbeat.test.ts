import { beat, missedHeartbeat } from '../../../../lib/runs/ledger/heartbeat.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

function beating() {
  const clock = { now: 0 };
  return { clock, ledger: makeLedger(makeMemoryStore(), 'one', () => clock.now) };
}

describe('missedHeartbeat', () => {
  it('says that reconcile has never run', async () => {
    expect(await missedHeartbeat(beating().ledger)).toMatch(/^reconcile has never run/);
  });

  it('says nothing until three intervals of five minutes are over', async () => {
    const { ledger, clock } = beating();
    await beat(ledger);

    clock.now = 900_000;

    expect(await missedHeartbeat(ledger)).toBeUndefined();
  });

  it('says for how long reconcile has not run after more than three intervals', async () => {
    const { ledger, clock } = beating();
    await beat(ledger);

    clock.now = 960_000;

    expect(await missedHeartbeat(ledger)).toMatch(/^reconcile has not run for 16 minutes/);
  });

  it('says nothing after a new beat', async () => {
    const { ledger, clock } = beating();
    await beat(ledger);
    clock.now = 960_000;

    await beat(ledger);

    expect(await missedHeartbeat(ledger)).toBeUndefined();
  });
});

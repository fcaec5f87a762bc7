import { Step } from '../../../../lib/runs/follow/run-step.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { claimRecord } from '../../../../lib/runs/start/claim-record.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const START = 1_000_000_000;
const HOUR = 60 * 60_000;
const BUSY = { code: 'DCS.4026' as const, message: 'the instance is busy' };
const QUEUED = { code: 'queued' as const, message: 'another run has the turn' };

/** A run with these records after its first one, as an invocation with a minute of time sees it. */
async function runWith(...records: readonly object[]) {
  let now = START;
  const { deps: fake } = fakeRun(60_000);
  const ledger = makeLedger(makeMemoryStore(), 'ours', () => now);
  const deps = { ...fake, ledger };
  const log = await openRunLog(ledger, 'a', 'r');
  const policies = { overlap: 'queue', limit: { runs: 20, perMs: HOUR }, settleMs: 60_000, deadlineMs: 6 * HOUR };
  const received = { type: 'received', v: 1, job: 'a', run: 'r', trigger: 'object', source: 's', order: 1, policies };
  await log.append({ ...ledger.stamp(), ...received } as unknown as RunRecord);
  for (const record of records) await log.append({ ...ledger.stamp(), by: 'other', ...record } as unknown as RunRecord);
  const last = () => log.records.at(-1) as RunRecord & { readonly notBefore?: number };
  return {
    deps,
    log,
    step: () => new Step(log, deps),
    later: (ms: number) => {
      now += ms;
    },
    last,
  };
}

const notices = (count: number) =>
  Array.from({ length: count }, () => ({ type: 'notified', event: 'started', messageId: 'm' }));

describe('a claim', () => {
  it('stands until its lease ends, and not a millisecond longer', async () => {
    const { step, later } = await runWith({ type: 'claimed', until: START + 75_000 });

    later(74_999);
    expect(step().isClaimed).toBe(true);
    later(1);
    expect(step().isClaimed).toBe(false);
  });

  it('of another invocation is not ours, and one of ours is until its lease ends', async () => {
    const theirs = await runWith({ type: 'claimed', until: START + 75_000 });
    const ours = await runWith({ type: 'claimed', until: START + 75_000, by: 'ours' });

    expect([theirs.step().isHandledHere, ours.step().isHandledHere]).toEqual([false, true]);
    ours.later(75_000);
    expect(ours.step().isHandledHere).toBe(false);
  });

  it('lasts 135 s longer than its invocation, or than what the whole invocation still has', async () => {
    const { deps } = await runWith();

    expect(claimRecord(deps)).toMatchObject({ until: START + 195_000 });
    expect(claimRecord({ ...deps, leaseMs: () => 200_000 })).toMatchObject({ until: START + 335_000 });
  });

  it('is taken once by the invocation that has it, and its position is that of the newest one', async () => {
    const { step, log } = await runWith({ type: 'claimed', until: START });

    expect(await step().claim()).toBe(3);
    expect(await step().claim()).toBe(3);
    expect(log.records).toHaveLength(3);
  });
});

describe('a wait', () => {
  it('of a run with 999 records is as long as it is wished, and from 1,000 on six hours', async () => {
    const few = await runWith(...notices(998));
    const many = await runWith({ type: 'claimed', until: START + 75_000 }, ...notices(998));

    await few.step().wait(BUSY, START + 30_000);
    await many.step().wait(BUSY, START + 30_000);

    expect([few.last().notBefore, many.last().notBefore]).toEqual([START + 30_000, START + 6 * HOUR]);
  });

  it('for its turn is as short as it is wished, however many records there are', async () => {
    const { step, last } = await runWith({ type: 'claimed', until: START + 75_000 }, ...notices(998));

    await step().wait(QUEUED, START);

    expect(last()).toMatchObject({ type: 'waiting', notBefore: START });
  });

  it('for the same reason is written down again when it lasts longer, but not from 1,000 records on', async () => {
    const waits = { type: 'waiting', reason: BUSY, notBefore: START };
    const few = await runWith(...notices(997), waits);
    const many = await runWith(...notices(998), waits);

    await few.step().wait(BUSY, START + 30_000);
    await many.step().wait(BUSY, START + 30_000);

    expect([few.log.records.length, many.log.records.length]).toEqual([1_000, 1_000]);
  });

  it('for the same turn is written down once', async () => {
    const { step, log } = await runWith({ type: 'waiting', reason: QUEUED, notBefore: START });

    await step().wait(QUEUED, START);

    expect(log.records).toHaveLength(2);
  });
});

describe('the next try', () => {
  it.each([
    [0, 30_000],
    [1, 30_000],
    [2, 60_000],
    [6, 900_000],
    [50, 900_000],
  ])('after %i claims comes %i ms later', async (claims, ms) => {
    const { step } = await runWith(...Array.from({ length: claims }, () => ({ type: 'claimed', until: START })));

    expect(step().nextTryAt).toBe(START + ms);
  });

  it('of a run with 1,000 records comes six hours later, and of one with 999 within minutes', async () => {
    const [few, many] = [await runWith(...notices(998)), await runWith(...notices(999))];

    expect([few.step().nextTryAt, many.step().nextTryAt]).toEqual([START + 30_000, START + 6 * HOUR]);
  });
});

describe('a run is overdue', () => {
  it.each([
    ['six hours after its first attempt', { type: 'intent', until: START }, true],
    ['six hours after its trouble began', { type: 'waiting', reason: BUSY, notBefore: START }, true],
    ['never while it waits for its turn', { type: 'waiting', reason: QUEUED, notBefore: START }, false],
  ])('%s', async (_when, record, isOverdue) => {
    const { step, later } = await runWith(record);

    later(6 * HOUR);
    expect(step().isOverdue).toBe(false);
    later(1);
    expect(step().isOverdue).toBe(isOverdue);
  });

  it('six hours after its trouble began, however lately it was told again', async () => {
    const { step, later, log, deps } = await runWith({ type: 'waiting', reason: BUSY, notBefore: START });

    later(5 * HOUR);
    await log.append({ ...deps.ledger.stamp(), type: 'waiting', reason: BUSY, notBefore: START });
    later(HOUR + 1);

    expect(step().isOverdue).toBe(true);
  });
});

describe('a run log with a record of a type that no run has', () => {
  it('cannot be opened, and says which record it is', async () => {
    const { deps, log } = await runWith();
    await log.append({ ...deps.ledger.stamp(), type: 'dance' } as unknown as RunRecord);

    await expect(openRunLog(deps.ledger, 'a', 'r')).rejects.toThrow('is of no type that a run knows');
  });
});

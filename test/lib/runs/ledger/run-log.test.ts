import fc from 'fast-check';
import { DamagedListError, LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog, readRunRecords } from '../../../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { decide } from '../../../../lib/runs/start/decide.ts';
import { runOf } from '../../../../lib/runs/start/run.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { PLANNED, READY, runWith } from '../../../fixtures/decided-run.ts';

const NAME = 'runs/a/r';
const BUSY = { code: 'DCS.4026', message: 'the instance is busy' } as const;
const ledgerOf = (store: LedgerStore, by = 'one') => makeLedger(store, by, () => 1);
const line = (record: object) => `${JSON.stringify({ id: 'x', at: 1, by: 'other', ...record })}\n`;
const first = (received: object = {}) => line({ ...runWith([], received).received, ...received });

async function listOf(...lines: readonly string[]): Promise<LedgerStore> {
  const store = makeMemoryStore();
  await store.append(NAME, 0, lines.join(''));
  return store;
}

describe('a run log', () => {
  it('is empty where there is no list', async () => {
    const log = await openRunLog(ledgerOf(makeMemoryStore()), 'a', 'r');

    expect([log.name, log.records, log.state]).toEqual([NAME, [], { lastClaim: 0 }]);
  });

  it('says the same however its records came: all at once, or one after the other', async () => {
    const record = fc.constantFrom(
      { type: 'claimed', until: 9 },
      { type: 'intent', until: 9 },
      { type: 'absent' },
      { type: 'waiting', reason: BUSY, notBefore: 2 },
      { type: 'parked', reason: BUSY },
      { type: 'resumed' },
      { type: 'void' },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 12 }), fc.integer({ min: 1, max: 12 }), async (records, every) => {
        const ledger = ledgerOf(await listOf(first()));
        const log = await openRunLog(ledger, 'a', 'r');
        for (const [i, one] of records.entries()) {
          await log.append({ ...ledger.stamp(), ...one } as RunRecord);
          if (i % every === 0) expect(log.state).toEqual(foldRun(log.records));
        }
        expect(log.state).toEqual(foldRun(log.records));
        expect((await openRunLog(ledger, 'a', 'r')).state).toEqual(log.state);
      }),
    );
  });

  it('is folded once: what it says is the same object until there is another record', async () => {
    const ledger = ledgerOf(await listOf(first()));
    const log = await openRunLog(ledger, 'a', 'r');
    const { state } = log;

    expect(log.state).toBe(state);
    await log.append({ ...ledger.stamp(), type: 'claimed', until: 9 });
    expect(log.state).not.toBe(state);
  });

  it('asks again what to add whenever somebody else was faster, with what that one wrote', async () => {
    const store = await listOf(first());
    const log = await openRunLog(ledgerOf(store), 'a', 'r');
    const other = await openRunLog(ledgerOf(store, 'two'), 'a', 'r');
    await other.append({ ...ledgerOf(store, 'two').stamp(), type: 'claimed', until: 9 });
    const seen: (string | undefined)[] = [];

    const added = await log.change(({ claimant }) => {
      seen.push(claimant);
      return claimant === undefined ? [{ ...ledgerOf(store).stamp(), type: 'void' }] : [];
    });

    expect([added, seen]).toEqual([false, [undefined, 'two']]);
  });

  describe('with 9,000 records', () => {
    const many = async () => {
      const notices = Array.from({ length: 8_997 }, (_, i) =>
        line({ id: `n${i}`, type: 'notified', event: 'started', messageId: 'm' }),
      );
      const waits = line({ at: READY.now, type: 'waiting', reason: BUSY, notBefore: READY.now });
      return listOf(first(), ...notices, waits, line({ by: 'ours', type: 'claimed', until: READY.now }));
    };

    it('is read with one request, folded, decided on, and takes another record', async () => {
      const store = await many();
      let reads = 0;
      const ledger = ledgerOf({
        ...store,
        read: (list) => {
          reads += 1;
          return store.read(list);
        },
      });

      const log = await openRunLog(ledger, 'a', 'r');

      expect(reads).toBe(1);
      expect(log.records).toHaveLength(9_000);
      expect(log.state).toMatchObject({ lastClaim: 9_000, claimant: 'ours', reason: BUSY });
      expect(decide(runOf(log), READY)).toEqual({ do: 'create', records: [{ type: 'prepared', warnings: [] }] });
      expect(await log.append({ ...ledger.stamp(), type: 'void' })).toBe(true);
    });

    it('grows no more by waits, which come six hours apart', async () => {
      const log = await openRunLog(ledgerOf(await many()), 'a', 'r');
      const { lane: _turn, ...known } = READY.known;
      const checked = { end: 'waiting', reason: BUSY } as const;

      expect(decide(runOf(log), { ...READY, known: { ...known, lane: { is: 'held' }, checked } })).toEqual({
        do: 'respond',
        result: { outcome: 'waiting', reason: BUSY },
      });
    });
  });

  it('with a first record of 1 MiB is read and decided on, and only that record is large', async () => {
    const body = { ...PLANNED.body, description: 'x'.repeat(1024 * 1024) };
    const planned = { ...PLANNED, body };
    const store = await listOf(first({ planned }), line({ by: 'ours', type: 'claimed', until: 1 }));
    const log = await openRunLog(ledgerOf(store), 'a', 'r');

    const checked = { end: 'complete', planned } as const;
    const decision = decide(runOf(log), { ...READY, known: { ...READY.known, checked } });

    expect(decision).toEqual({ do: 'create', records: [{ type: 'prepared', warnings: [] }] });
  });

  it.each([
    ['dance', 'dance'],
    ['toString', 'toString'],
    ['no type', undefined],
    ['a number', 7],
  ])('with a record whose type is %s cannot be opened, and the error names it', async (_what, type) => {
    const store = await listOf(first(), line({ id: 'odd-1', type }));

    for (const opened of [openRunLog(ledgerOf(store), 'a', 'r'), readRunRecords({ store }, 'a', 'r')]) {
      await expect(opened).rejects.toThrow(LedgerError);
      await expect(opened).rejects.toMatchObject({
        list: NAME,
        temporary: false,
        message: 'ledger runs/a/r: record odd-1 has a type that runs do not have',
      });
    }
  });

  it('to which somebody else adds a record of another type cannot be read any more', async () => {
    const store = await listOf(first());
    const log = await openRunLog(ledgerOf(store), 'a', 'r');
    await store.append(NAME, (await store.read(NAME)).position, line({ id: 'odd-1', type: 'dance' }));

    await expect(log.refresh()).rejects.toThrow(DamagedListError);
  });
});

describe('runOf', () => {
  it('counts records and claims, and gives the plan with what was prepared', () => {
    const run = runWith([
      { type: 'claimed', until: 1 },
      { type: 'claimed', until: 2 },
      { type: 'prepared', body: { ready: true }, warnings: ['w'] },
    ]);

    expect([run.records, run.claims]).toEqual([4, 2]);
    expect(run.planned).toEqual({ ...PLANNED, body: { ready: true }, warnings: ['w'] });
  });

  it('leaves nothing to be found out of a plan that was prepared', () => {
    const planned = { ...PLANNED, latestBackup: { instanceId: 'i-2', copyFirst: false } };

    expect(runWith([{ type: 'prepared', warnings: [] }], { planned }).planned).toEqual(PLANNED);
    expect(runWith([], { planned }).planned).toEqual(planned);
  });

  it.each([
    [1, 'ledger runs/a/r: format 1, but this version supports only 2; deploy the version that wrote it'],
    [3, 'ledger runs/a/r: format 3, but this version supports only 2; deploy the version that wrote it'],
  ])('refuses a run of format %i in words', (v, message) => {
    expect(() => runWith([], { v })).toThrow(message);
  });

  it('refuses a run without its first record, or with one that has no plan unless the run has ended', () => {
    const { received } = runWith();
    const { planned: _none, ...bare } = received;
    const made = (...records: readonly object[]) => {
      const all = records as readonly RunRecord[];
      return () => runOf({ name: NAME, records: all, state: foldRun(all) });
    };

    expect(made()).toThrow('ledger runs/a/r: the first record is missing');
    expect(made(bare)).toThrow('ledger runs/a/r: the first record has no plan');
    expect(made(bare, { id: 'x', at: 1, by: 'b', type: 'rejected', reason: BUSY })).not.toThrow();
  });
});

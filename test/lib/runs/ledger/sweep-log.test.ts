import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { FoundLog, readPass, type SweepPass, startOf, writePass } from '../../../../lib/runs/ledger/sweep-log.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const SCOPE = { job: 'a', bucket: 'b', key: '**' };
const PASS: SweepPass = { at: 7, since: 1, until: 5, looked: 0, isDone: false, isReported: false };
const ledgerOf = (store: LedgerStore, by = 'one') => makeLedger(store, by, () => 1);
const open = (store: LedgerStore, by?: string) => FoundLog.open(ledgerOf(store, by), SCOPE, PASS);

describe('FoundLog', () => {
  it('is empty at first', async () => {
    expect((await open(makeMemoryStore())).state).toEqual({ count: 0, named: [] });
  });

  it('counts what was missed, and up to which key', async () => {
    const store = makeMemoryStore();
    const found = await open(store);

    await found.addMissed(['a', 'c'], 'd');
    await found.addMissed(['e'], 'e');

    expect((await open(store)).state).toEqual({ count: 3, named: ['a', 'c', 'e'], upTo: 'e' });
  });

  it('counts nothing twice that another tick, or another invocation, has counted', async () => {
    const store = makeMemoryStore();
    const slow = await open(store, 'slow');
    await (await open(store, 'fast')).addMissed(['a', 'c'], 'd');

    await slow.addMissed(['a', 'c', 'e'], 'e');
    await slow.addMissed(['a'], 'b');

    expect((await open(store)).state).toEqual({ count: 3, named: ['a', 'c', 'e'], upTo: 'e' });
  });

  it('takes keys in the order of their bytes, as OBS lists them', async () => {
    const store = makeMemoryStore();
    const found = await open(store);

    await found.addMissed(['\uff5e'], '\uff5e');
    await found.addMissed(['\u{1f600}'], '\u{1f600}');

    expect(found.state.count).toBe(2);
  });

  it('names the first twenty', async () => {
    const found = await open(makeMemoryStore());
    const keys = Array.from({ length: 30 }, (_, i) => String(i).padStart(2, '0'));

    await found.addMissed(keys.slice(0, 15), '14');
    await found.addMissed(keys.slice(15), '29');

    expect(found.state).toEqual({ count: 30, named: keys.slice(0, 20), upTo: '29' });
  });

  it('is reported once', async () => {
    const store = makeMemoryStore();
    const found = await open(store);

    await found.addReported('r', 'm1');
    await found.addReported('r', 'm2');

    expect((await open(store)).state.isReported).toBe(true);
    expect(
      JSON.stringify(await store.list('', { limit: 10 }).then(([first]) => store.read(first?.name ?? ''))),
    ).not.toContain('m2');
  });

  it('goes on in next lists of fifty records, and still knows what it counted and that it was reported', async () => {
    const store = makeMemoryStore();
    const key = (i: number) => String(i).padStart(4, '0');
    const found = await open(store);
    await found.addReported('r', 'm');
    for (let i = 0; i < 200; i++) await found.addMissed([key(i)], key(i));
    await found.addMissed([key(0), key(199)], key(199));

    const names = (await store.list('sweeps/', { limit: 10 })).map(({ name }) => name.replace(/^.*found-7/, ''));
    expect(names).toEqual(['', '/000002', '/000003', '/000004', '/000005']);
    expect((await open(store)).state).toEqual({
      count: 200,
      named: Array.from({ length: 20 }, (_, i) => key(i)),
      upTo: '0199',
      isReported: true,
    });
  });

  it('reads the records of older versions', async () => {
    const store = makeMemoryStore();
    await open(store).then((found) => found.addMissed(['x'], 'x'));
    const [entry] = await store.list('sweeps/', { limit: 1 });
    const name = entry?.name ?? '';
    await store.remove(name);
    const lines = ['a', 'b'].map((key) => ({ id: key, at: 1, by: 'old', type: 'found', key, version: 'v' }));
    await store.append(name, 0, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

    expect((await open(store)).state).toEqual({ count: 2, named: ['a', 'b'], upTo: 'b' });
  });
});

describe('startOf', () => {
  it('is when the first sweep began, ever after', async () => {
    const store = makeMemoryStore();

    expect(await startOf(ledgerOf(store), SCOPE, undefined)).toEqual({ at: 1, wasLost: false });
    expect(
      await startOf(
        makeLedger(store, 'later', () => 9),
        SCOPE,
        PASS,
      ),
    ).toEqual({ at: 1, wasLost: false });
  });

  it('is that of the last pass when the record of it is gone', async () => {
    const ledger = makeLedger(makeMemoryStore(), 'one', () => 9);

    expect(await startOf(ledger, SCOPE, { ...PASS, since: 4 })).toEqual({ at: 4, wasLost: true });
  });
});

describe('readPass', () => {
  it('is nothing before the first', async () => {
    expect(await readPass(ledgerOf(makeMemoryStore()), SCOPE)).toEqual({});
  });

  it('gives what was written', async () => {
    const ledger = ledgerOf(makeMemoryStore());

    await writePass(ledger, SCOPE, PASS);

    expect(await readPass(ledger, SCOPE)).toEqual({ pass: PASS });
  });

  it.each(['', '{', 'null', '[]', '{"at":1}', '{"at":"1","since":1,"until":1,"looked":1}'])(
    'looks at everything again after a note of %j',
    async (text) => {
      const store = makeMemoryStore();
      const ledger = ledgerOf(store);
      await writePass(ledger, SCOPE, PASS);
      const [entry] = await store.list('sweeps/', { limit: 1 });
      await store.put(entry?.name ?? '', text);

      expect(await readPass(ledger, SCOPE)).toEqual({
        pass: { at: 0, since: 0, until: 0, looked: 0, isDone: true, isReported: true },
        damaged: entry?.name,
      });
    },
  );
});

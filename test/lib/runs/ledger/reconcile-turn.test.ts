import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { inTurn, partsInTurn, readPlace, removePlace, writePlace } from '../../../../lib/runs/ledger/reconcile-turn.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const open = [3, 1, 2].map((at) => ({ job: 'a', run: `r${at}`, at }));
const runs = (list: readonly { readonly run: string }[]) => list.map(({ run }) => run).join(' ');
const ledgerOf = (store = makeMemoryStore()) => makeLedger(store, 'one', () => 1);

describe('inTurn', () => {
  it('begins with the oldest', async () => {
    expect(runs(inTurn(open, await readPlace(ledgerOf())))).toBe('r1 r2 r3');
  });

  it.each([
    [1, 'r2 r3 r1'],
    [2, 'r3 r1 r2'],
    [3, 'r1 r2 r3'],
    [9, 'r1 r2 r3'],
  ])('begins after the run of time %i, where the last tick stopped', async (at, order) => {
    const ledger = ledgerOf();

    await writePlace(ledger, { after: { job: 'a', run: `r${at}`, at } });

    expect(runs(inTurn(open, await readPlace(ledger)))).toBe(order);
  });

  it('begins after that run by job and id, of those of the same time', () => {
    const same = ['a/2', 'b/1', 'a/1'].map((name) => ({ job: name[0] ?? '', run: name[2] ?? '', at: 1 }));

    expect(inTurn(same, { after: { job: 'a', run: '1', at: 1 } }).map(({ job, run }) => `${job}/${run}`)).toEqual([
      'a/2',
      'b/1',
      'a/1',
    ]);
  });

  it('begins with the oldest again once a tick reached all', async () => {
    const ledger = ledgerOf();
    await writePlace(ledger, { after: { job: 'a', run: 'r1', at: 1 } });

    await removePlace(ledger);

    expect(runs(inTurn(open, await readPlace(ledger)))).toBe('r1 r2 r3');
  });
});

describe('readPlace', () => {
  it('gives what was written', async () => {
    const ledger = ledgerOf();
    const place = { began: 'sets', after: { job: 'a', run: 'r1', at: 1 }, byName: true } as const;

    await writePlace(ledger, place);

    expect(await readPlace(ledger)).toEqual(place);
  });

  it.each(['0000001773489600000 a/r1', '', '{', 'null', '7', '{"began":"lunch","after":{"at":"1"},"byName":true}'])(
    'takes %j for no place',
    async (text) => {
      const store = makeMemoryStore();
      await store.put('control/reconcile-next', text);

      expect(await readPlace(ledgerOf(store))).toEqual({});
    },
  );
});

describe('partsInTurn', () => {
  it('begins with the runs after a tick that came to its end', () => {
    expect(partsInTurn({})).toEqual(['runs', 'sets', 'sweep']);
  });

  it.each([
    ['runs', 'sets sweep runs'],
    ['sets', 'sweep runs sets'],
    ['sweep', 'runs sets sweep'],
  ] as const)('begins with another part after a tick that began with %s and was killed', (began, order) => {
    expect(partsInTurn({ began }).join(' ')).toBe(order);
  });
});

import { controlOf } from '../../../../lib/runs/ledger/control.ts';
import { beat, savePlace } from '../../../../lib/runs/ledger/heartbeat.ts';
import { type Ledger, makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { inTurn, notePlace, partsInTurn, readPlace } from '../../../../lib/runs/ledger/reconcile-turn.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const open = [3, 1, 2].map((at) => ({ job: 'a', run: `r${at}`, at }));
const runs = (list: readonly { readonly run: string }[]) => list.map(({ run }) => run).join(' ');
const ledgerOf = (store = makeMemoryStore(), now = 1) => makeLedger(store, 'one', () => now);
const placeOf = async (ledger: Ledger) => readPlace(ledger, await controlOf(ledger));

describe('inTurn', () => {
  it('begins with the oldest', async () => {
    expect(runs(inTurn(open, await placeOf(ledgerOf())))).toBe('r1 r2 r3');
  });

  it.each([
    [1, 'r2 r3 r1'],
    [2, 'r3 r1 r2'],
    [3, 'r1 r2 r3'],
    [9, 'r1 r2 r3'],
  ])('begins after the run of time %i, where the last tick stopped', async (at, order) => {
    const ledger = ledgerOf();

    await beat(ledger, { after: { job: 'a', run: `r${at}`, at } });

    expect(runs(inTurn(open, await placeOf(ledger)))).toBe(order);
  });

  it('begins after that run by job and id, of those of the same time', () => {
    const same = ['a/2', 'b/1', 'a/1'].map((name) => ({ job: name[0] ?? '', run: name[2] ?? '', at: 1 }));

    expect(inTurn(same, { after: { job: 'a', run: '1', at: 1 } }).map(({ job, run }) => `${job}/${run}`)).toEqual([
      'a/2',
      'b/1',
      'a/1',
    ]);
  });

  it('begins with the oldest again after a tick that had nothing to do', async () => {
    const ledger = ledgerOf();
    await beat(ledger, { after: { job: 'a', run: 'r1', at: 1 } });

    await beat(ledger);

    expect(runs(inTurn(open, await placeOf(ledger)))).toBe('r1 r2 r3');
  });
});

describe('readPlace', () => {
  const AFTER = { job: 'a', run: 'r1', at: 1 };

  it('gives where the last tick began, whether that one came to its end or not', async () => {
    const ledger = ledgerOf();
    await beat(ledger, { began: 'sets', after: AFTER });

    expect(await placeOf(ledger)).toEqual({ began: 'sets', after: AFTER });
  });

  it('gives how far the last tick got, when it said so at its end', async () => {
    const ledger = ledgerOf();
    await beat(ledger, { began: 'sets', after: AFTER });
    await savePlace(ledger, { began: 'sets', after: { ...AFTER, run: 'r7' }, byName: true });

    expect(await placeOf(ledger)).toEqual({ began: 'sets', after: { ...AFTER, run: 'r7' }, byName: true });
  });

  it('gives how far a long tick got that was killed, which it noted under a name of its own', async () => {
    const ledger = ledgerOf();
    await beat(ledger, { began: 'runs', after: AFTER, isLong: true });
    expect(await placeOf(ledger)).toEqual({ began: 'runs', after: AFTER, hasDied: true });

    await notePlace(ledger, { after: { ...AFTER, run: 'r20' }, byName: true });

    expect(await placeOf(ledger)).toEqual({
      began: 'runs',
      after: { ...AFTER, run: 'r20' },
      byName: true,
      hasDied: true,
    });
  });

  it('takes a long tick for ended that wrote its place down for the last time', async () => {
    const ledger = ledgerOf();
    await beat(ledger, { began: 'runs', after: AFTER, isLong: true });
    await notePlace(ledger, { after: { ...AFTER, run: 'r20' }, isLast: true });

    expect(await placeOf(ledger)).toEqual({ began: 'runs', after: { ...AFTER, run: 'r20' } });
  });

  it('does not ask for a note of a tick that was short', async () => {
    const ledger = ledgerOf();
    await beat(ledger, { began: 'runs', after: AFTER });
    await notePlace(ledger, { after: { ...AFTER, run: 'r20' } });

    expect(await placeOf(ledger)).toEqual({ began: 'runs', after: AFTER });
  });

  it('takes the note of an earlier tick for none', async () => {
    const store = makeMemoryStore();
    await beat(ledgerOf(store, 1), { began: 'runs', after: AFTER, isLong: true });
    await notePlace(ledgerOf(store, 1), { after: { ...AFTER, run: 'r20' } });

    await beat(ledgerOf(store, 2), { began: 'sets', after: { ...AFTER, run: 'r3' }, isLong: true });

    expect(await placeOf(ledgerOf(store, 2))).toEqual({
      began: 'sets',
      after: { ...AFTER, run: 'r3' },
      hasDied: true,
    });
  });

  it('is nowhere when the last tick had nothing to do', async () => {
    const ledger = ledgerOf();
    await beat(ledger, { began: 'sets', after: AFTER });
    await beat(ledger);

    expect(await placeOf(ledger)).toEqual({});
  });

  it.each([
    '0000001773489600000 a/r1',
    '',
    '{',
    'null',
    '7',
    '{"began":"lunch","after":{"at":"1"},"byName":true,"at":1}',
    '{"at":1}',
    '{"at":1,"after":null}',
    '{"at":1,"after":{"at":1,"job":"a"}}',
  ])('takes the note %j for none', async (text) => {
    const store = makeMemoryStore();
    const ledger = ledgerOf(store);
    await beat(ledger, { began: 'runs', isLong: true });
    await store.put('control/reconcile-next', text);

    expect(await placeOf(ledger)).toEqual({ began: 'runs', hasDied: true });
  });
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

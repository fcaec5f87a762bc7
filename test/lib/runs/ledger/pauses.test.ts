import { beat } from '../../../../lib/runs/ledger/heartbeat.ts';
import { type Ledger, makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { listPauses, pause, pausesOf, pauseText, resume } from '../../../../lib/runs/ledger/pauses.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const isPaused = async (ledger: Ledger, job: string) => (await pausesOf(ledger, job)).length > 0;

function paused() {
  const store = makeMemoryStore();
  return { store, ledger: makeLedger(store, 'one', () => 1) };
}

describe('pauses', () => {
  it('has no job paused at first', async () => {
    expect(await isPaused(paused().ledger, 'a')).toBe(false);
  });

  it('pauses one job and no other', async () => {
    const { ledger } = paused();

    await pause(ledger, 'a');

    expect([await isPaused(ledger, 'a'), await isPaused(ledger, 'b')]).toEqual([true, false]);
  });

  it('pauses all jobs', async () => {
    const { ledger } = paused();

    await pause(ledger);

    expect(await isPaused(ledger, 'a')).toBe(true);
  });

  it('keeps the pause of a job when all are resumed, and the other way round', async () => {
    const { ledger } = paused();
    await pause(ledger);
    await pause(ledger, 'a');

    await resume(ledger);
    expect([await isPaused(ledger, 'a'), await isPaused(ledger, 'b')]).toEqual([true, false]);
    await pause(ledger);
    await resume(ledger, 'a');
    expect([await isPaused(ledger, 'a'), await isPaused(ledger, 'b')]).toEqual([true, true]);
  });

  it('writes nothing when it is paused twice or resumed without a pause', async () => {
    const { ledger, store } = paused();

    await resume(ledger, 'a');
    await pause(ledger, 'a');
    await pause(ledger, 'a');

    expect((await store.read('control/state/1970-01-01')).text.split('\n')).toHaveLength(2);
  });

  it('keeps both of two pauses at once', async () => {
    const { ledger } = paused();

    await Promise.all([pause(ledger, 'a'), pause(ledger, 'b')]);

    expect([await isPaused(ledger, 'a'), await isPaused(ledger, 'b')]).toEqual([true, true]);
  });

  it('says who paused, since when and why, and keeps the first of two pauses', async () => {
    const { ledger, store } = paused();
    await pause(ledger, 'a', 'the cache is full');
    await pause(
      makeLedger(store, 'two', () => 2),
      'a',
      'something else',
    );
    await pause(makeLedger(store, 'two', () => Date.UTC(2026, 2, 14, 12)));

    const later = makeLedger(store, 'three', () => Date.UTC(2026, 2, 14, 13));
    const pauses = await pausesOf(later, 'a');

    expect(pauses).toEqual([
      { since: Date.UTC(2026, 2, 14, 12), by: 'two' },
      { job: 'a', since: 1, by: 'one', why: 'the cache is full' },
    ]);
    expect(pauses.map(pauseText)).toEqual([
      'all jobs are paused since 2026-03-14T12:00:00Z by two',
      'job a is paused since 1970-01-01T00:00:00Z by one: the cache is full',
    ]);
    expect(await pausesOf(later, 'b')).toEqual([{ since: Date.UTC(2026, 2, 14, 12), by: 'two' }]);
  });

  it('lists what is paused: all jobs, and those by a pause of their own', async () => {
    const { ledger } = paused();
    expect(await listPauses(ledger)).toEqual([]);
    await pause(ledger, 'b');
    await pause(ledger, 'a');
    await pause(ledger, 'c');
    await resume(ledger, 'c');
    await pause(ledger);

    expect((await listPauses(ledger)).map(({ job }) => job)).toEqual([undefined, 'a', 'b']);
  });

  it('forgets no pause, however often others come and go', async () => {
    const { ledger } = paused();
    await pause(ledger, 'kept');
    await pause(ledger);
    for (let i = 0; i < 600; i++) {
      await pause(ledger, 'a');
      await resume(ledger, 'a');
    }

    expect((await listPauses(ledger)).map(({ job }) => job)).toEqual([undefined, 'kept']);
    await resume(ledger);
    expect([await isPaused(ledger, 'kept'), await isPaused(ledger, 'a')]).toEqual([true, false]);
  });

  it('are seen by another invocation within two seconds, and at once by one that begins', async () => {
    const store = makeMemoryStore();
    let now = 1;
    const invocation = (by: string) => makeLedger(store, by, () => now);
    const works = invocation('works');
    expect(await isPaused(works, 'a')).toBe(false);

    await pause(invocation('anna'), 'a');

    expect(await isPaused(invocation('begins'), 'a')).toBe(true);
    now += 1_999;
    expect(await isPaused(works, 'a')).toBe(false);
    now += 1;
    expect(await isPaused(works, 'a')).toBe(true);
  });

  it('are those of one region, project and stage: others may neither read nor change them', async () => {
    const store = makeMemoryStore();
    const of = (stage: string) => makeLedger(store, stage, () => 1, { region: 'ap-southeast-3', project: 'p1', stage });
    await beat(of('dev'));
    await pause(of('prod'), 'a');
    const refused = {
      code: 'other_environment',
      message: expect.stringContaining(
        'ledger control/state: it belongs to region ap-southeast-3, project p1, stage prod',
      ),
    };

    for (const asked of [
      () => pause(of('dev')),
      () => resume(of('dev'), 'a'),
      () => listPauses(of('dev')),
      () => pausesOf(of('dev'), 'a'),
    ]) {
      await expect(asked()).rejects.toMatchObject(refused);
    }
    await beat(of('dev'));
    await resume(of('prod'), 'a');
    await expect(pause(of('dev'))).rejects.toMatchObject(refused);
  });
});

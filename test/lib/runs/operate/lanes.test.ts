import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { viewLanes } from '../../../../lib/runs/operate/lanes.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const runOf = (lane: string, i: number) => `${lane}-${String(i).padStart(3, '0')}`;

/** Two lanes with so many runs, whose logs are missing; reads take a turn of the event loop. */
async function lanesOf(count: number) {
  const memory = makeMemoryStore();
  const reads: string[] = [];
  let under = 0;
  let most = 0;
  const slowly = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
    reads.push(name);
    under += 1;
    most = Math.max(most, under);
    await new Promise(setImmediate);
    under -= 1;
    return read();
  };
  const store = {
    ...memory,
    read: (name: string) => slowly(name, () => memory.read(name)),
    tail: (name: string, bytes: number) => slowly(name, () => memory.tail(name, bytes)),
  };
  for (const lane of ['dcs-a', 'dcs-b']) {
    const queue = await TargetLane.open(
      makeLedger(memory, 'x', () => 1),
      lane,
    );
    const entries = Array.from({ length: count }, (_, i) => ({
      job: 'a',
      run: runOf(lane, i),
      order: i,
      kind: 'backup_import' as const,
      task: 't',
      claim: 1,
    }));
    const [first, ...followers] = entries;
    if (first) await queue.enterAndHold(first, { followers });
  }
  return { ledger: makeLedger(store, 'x', () => 1), reads, most: () => most };
}

describe('viewLanes', () => {
  it('reads each lane and each log in it once, eight at a time, and keeps the order of the queues', async () => {
    const { ledger, reads, most } = await lanesOf(30);

    const views = await viewLanes(ledger);

    expect(reads).toHaveLength(2 + 60);
    expect(new Set(reads).size).toBe(62);
    expect(most()).toBe(8);
    for (const { lane, runs } of views) {
      expect(runs.map(({ run }) => run)).toEqual(Array.from({ length: 30 }, (_, i) => runOf(lane, i)));
      expect(runs.filter(({ hasTurn }) => hasTurn).map(({ run }) => run)).toEqual([runOf(lane, 0)]);
    }
    expect(views.map(({ lane }) => lane)).toEqual(['dcs-a', 'dcs-b']);
  });
});

import { ReadAhead } from '../../../../lib/runs/follow/read-ahead.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const OPEN = Array.from({ length: 20 }, (_, i) => ({ job: 'a', run: `r${i}`, at: i, generation: 0 }));

function reading() {
  const reads: string[] = [];
  const memory = makeMemoryStore();
  const store: typeof memory = {
    ...memory,
    read: (list) => {
      reads.push(list);
      return memory.read(list);
    },
  };
  return {
    reads,
    ahead: new ReadAhead(
      OPEN,
      makeLedger(store, 'tick', () => 1),
    ),
  };
}

describe('ReadAhead', () => {
  it('reads the first log alone, then twice as many ahead each time, and never more than eight', async () => {
    const { reads, ahead } = reading();
    const counts: number[] = [];
    for (let i = 0; i < 8; i++) {
      expect((await ahead.take(i)).name).toBe(`runs/a/r${i}`);
      counts.push(reads.length);
    }

    expect(counts).toEqual([1, 3, 6, 11, 12, 13, 14, 15]);
  });

  it('reads each log once, and none behind the last', async () => {
    const { reads, ahead } = reading();
    for (let i = 0; i < OPEN.length; i++) await ahead.take(i);

    expect(reads).toEqual(OPEN.map(({ run }) => `runs/a/${run}`));
  });
});

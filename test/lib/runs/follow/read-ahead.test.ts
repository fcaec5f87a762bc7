import { ReadAhead } from '../../../../lib/runs/follow/read-ahead.ts';
import { newRuns } from '../../../fixtures/new-run.ts';

const OPEN = Array.from({ length: 20 }, (_, i) => ({ job: 'a', run: `r${i}`, at: i, generation: 0 }));

function reading(alone?: number) {
  const reads: string[] = [];
  const { deps } = newRuns((store) => ({
    ...store,
    read: (list) => {
      reads.push(list);
      return store.read(list);
    },
  }));
  return { reads, ahead: new ReadAhead(OPEN, deps, alone) };
}

describe('ReadAhead', () => {
  it('reads the first log alone, then twice as many ahead each time, and never more than eight', async () => {
    const { reads, ahead } = reading();
    const counts: number[] = [];
    for (let i = 0; i < 8; i++) {
      expect((await ahead.take(i)).log.name).toBe(`runs/a/r${i}`);
      counts.push(reads.length);
    }

    expect(counts).toEqual([1, 3, 6, 11, 12, 13, 14, 15]);
  });

  it('reads one by one as many at the beginning as it is told to', async () => {
    const { reads, ahead } = reading(3);
    const counts: number[] = [];
    for (let i = 0; i < 5; i++) {
      await ahead.take(i);
      counts.push(reads.length);
    }

    expect(counts).toEqual([1, 2, 3, 5, 8]);
  });

  it('reads each log once, and none behind the last', async () => {
    const { reads, ahead } = reading();
    for (let i = 0; i < OPEN.length; i++) await ahead.take(i);

    expect(reads).toEqual(OPEN.map(({ run }) => `runs/a/${run}`));
  });
});

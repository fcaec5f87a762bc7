import { DetailBudget } from '../../../../lib/runs/follow/detail-budget.ts';

const TICK_MS = 5 * 60_000;
const turns = (count: number, now: number, everyMs = TICK_MS): number[] => {
  const budget = new DetailBudget(count, now, everyMs);
  return Array.from({ length: count }, (_, i) => i).filter((i) => budget.isTurn(i));
};

describe('DetailBudget', () => {
  it('gives each of eight runs its turn at every tick', () => {
    expect(turns(8, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('gives four of nine runs their turn, and others at the next tick', () => {
    expect(turns(9, 0)).toEqual([0, 1, 2, 3]);
    expect(turns(9, TICK_MS)).toEqual([4, 5, 6, 7]);
    expect(turns(9, 2 * TICK_MS)).toEqual([0, 1, 2, 8]);
  });

  it('gives each run its turn whatever the interval of the ticks', () => {
    const three = [0, 1, 2].flatMap((tick) => turns(12, tick * 3 * TICK_MS, 3 * TICK_MS));

    expect(three.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('has no turns when nothing is open', () => {
    expect(turns(0, 0)).toEqual([]);
  });

  it('gives three urgent looks at failures and two at those to be stopped', () => {
    const budget = new DetailBudget(1_000, 0, TICK_MS);

    expect([1, 2, 3, 4].map(() => budget.take('failed'))).toEqual([true, true, true, false]);
    expect([1, 2, 3].map(() => budget.take('stop'))).toEqual([true, true, false]);
  });
});

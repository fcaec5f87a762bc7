import { inParallel } from '../../../lib/runs/in-parallel.ts';

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('work that is done side by side', () => {
  it('has no more under way than its width, and gives its results in order', async () => {
    let underWay = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (turns) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = 0; turn < turns; turn++) await pause();
      underWay -= 1;
      return turns * 10;
    });

    expect([most, results]).toEqual([2, [50, 10, 40, 20, 30]]);
  });

  it('begins nothing more when it is not to go on, and gives what was begun', async () => {
    const asked: number[] = [];
    const results = await inParallel(
      ['a', 'b', 'c', 'd'],
      2,
      async (item) => item,
      (begun) => {
        asked.push(begun);
        return begun < 3;
      },
    );

    expect(results).toEqual(['a', 'b', 'c']);
    expect(asked.slice(0, 4)).toEqual([0, 1, 2, 3]);
  });

  it('begins nothing more after a failure, and throws it when the rest has ended', async () => {
    const ended: number[] = [];
    const work = inParallel([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error('the first');
      await pause();
      ended.push(item);
    });

    await expect(work).rejects.toThrow('the first');
    expect(ended).toEqual([2]);
  });

  it('of nothing is nothing', async () => {
    expect(await inParallel([], 8, async () => 1)).toEqual([]);
  });
});

import { withDeadline } from '../../../lib/webhook/with-deadline.ts';

describe('withDeadline', () => {
  it('returns the value of work that ends in time', async () => {
    expect(await withDeadline(Promise.resolve(7), 60_000, () => undefined)).toBe(7);
  });

  it('throws what work throws in time', async () => {
    await expect(withDeadline(Promise.reject(new Error('in time')), 60_000, () => undefined)).rejects.toThrow(
      'in time',
    );
  });

  it('returns undefined when the time is over, and reports a later failure', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<number>((_resolve, reject) => {
      fail = reject;
    });
    const told: unknown[] = [];

    const value = await withDeadline(work, 0, (error) => told.push(error));
    fail(new Error('late'));
    await work.catch(() => undefined);

    expect(value).toBeUndefined();
    expect(told).toEqual([expect.objectContaining({ message: 'late' })]);
  });
});

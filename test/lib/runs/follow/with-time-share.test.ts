import { withTimeShare } from '../../../../lib/runs/follow/with-time-share.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const never = () => new Promise<never>(() => undefined);

describe('withTimeShare', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives what the work gives', async () => {
    expect(await withTimeShare(6_000, fakeRun().deps, async () => 7)).toBe(7);
  });

  it('throws what the work throws', async () => {
    const work = async () => {
      throw new Error('no');
    };

    await expect(withTimeShare(6_000, fakeRun().deps, work)).rejects.toThrow('no');
  });

  it('lets the work see its share alone, and leases last as long as the invocation', async () => {
    const { deps } = fakeRun(60_000);

    const seen = await withTimeShare(6_000, deps, async ({ remainingMs, leaseMs, sleep }) => {
      const before = [remainingMs(), leaseMs?.()];
      await sleep(2_000);
      return [before, [remainingMs(), leaseMs?.()]];
    });

    expect(seen).toEqual([
      [6_000, 60_000],
      [4_000, 58_000],
    ]);
  });

  it('gives no more than what is left', async () => {
    expect(await withTimeShare(6_000, fakeRun(1_000).deps, async ({ remainingMs }) => remainingMs())).toBe(1_000);
  });

  it('gives a share of a share, and leases still last as long as the invocation', async () => {
    const inner = (deps: ReturnType<typeof fakeRun>['deps']) =>
      withTimeShare(9_000, deps, async ({ remainingMs, leaseMs }) => [remainingMs(), leaseMs?.()]);

    expect(await withTimeShare(6_000, fakeRun(60_000).deps, inner)).toEqual([6_000, 60_000]);
  });

  it('leaves work alone that does not end in its share, and not before', async () => {
    const ends: unknown[] = [];
    const end = withTimeShare(6_000, fakeRun().deps, never).then((value) => ends.push(value));

    await jest.advanceTimersByTimeAsync(5_999);
    expect(ends).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await end;

    expect(ends).toEqual(['abandoned']);
  });

  it('says in the log what work that was left alone failed with', async () => {
    const { deps, lines } = fakeRun();
    let fail: (error: Error) => void = () => undefined;
    const end = withTimeShare(6_000, deps, () => new Promise<never>((_resolve, reject) => (fail = reject)));
    await jest.advanceTimersByTimeAsync(6_000);
    await end;

    fail(new Error('late'));
    await jest.advanceTimersByTimeAsync(0);

    expect(lines).toEqual([expect.objectContaining({ level: 'warn', message: 'abandoned work failed' })]);
  });
});

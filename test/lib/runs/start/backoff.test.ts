import { backoffMs } from '../../../../lib/runs/start/backoff.ts';

describe('backoffMs', () => {
  it.each([
    [1, 0, 250],
    [1, 0.999, 500],
    [2, 0, 500],
    [5, 0, 4_000],
    [6, 0.999, 9_995],
    [30, 0, 5_000],
  ])('after failure %i with jitter %d waits %i ms', (attempt, random, expected) => {
    expect(backoffMs(attempt, random)).toBe(expected);
  });

  it('waits at least what the service asked for', () => {
    expect(backoffMs(1, 0, 30)).toBe(30_000);
  });
});

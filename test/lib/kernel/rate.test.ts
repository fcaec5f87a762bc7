import { rateMs, rateProblem } from '../../../lib/kernel/rate.ts';
import { RECONCILE_EVERY, RECONCILE_INTERVAL_MS } from '../../../lib/kernel/reconcile-interval.ts';

describe('rateProblem', () => {
  it.each(['1m', '60m', '1h', '24h', '1d', '30d'])('accepts %s', (text) => {
    expect(rateProblem(text)).toBeUndefined();
  });

  it.each([
    ['0m', /positive whole number followed by m, h or d/],
    ['61m', /at most 60 minutes/],
    ['25h', /at most 24 hours$/],
    ['48h', /at most 24 hours; write 2d$/],
    ['744h', /at most 24 hours$/],
    ['0h', /a positive whole number followed by/],
    ['31d', /at most 30 days/],
    ['1.5h', /whole number/],
    ['30s', /m, h or d/],
    ['1 h', /whole number/],
    ['01h', /whole number/],
    ['', /whole number/],
  ])('refuses %j', (text, problem) => {
    expect(rateProblem(text)).toMatch(problem);
  });
});

describe('rateMs', () => {
  it.each([
    ['1m', 60_000],
    ['60m', 3_600_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['61m', undefined],
    ['0h', undefined],
    ['30s', undefined],
    ['', undefined],
  ])('of %j is %s', (text, ms) => {
    expect(rateMs(text)).toBe(ms);
  });

  it('of the interval of reconcile agrees with its text', () => {
    expect(rateMs(RECONCILE_EVERY)).toBe(RECONCILE_INTERVAL_MS);
  });
});

const UNITS: Readonly<Record<string, { readonly ms: number; readonly max: number; readonly plural: string }>> = {
  m: { ms: 60_000, max: 60, plural: 'minutes' },
  h: { ms: 3_600_000, max: 24, plural: 'hours' },
  d: { ms: 86_400_000, max: 30, plural: 'days' },
};
const RATE = /^([1-9]\d{0,3})([mhd])$/;

/** What is wrong with the rate of a timer (`3m`, `1h`, `1d`); `undefined` when it is valid. */
export function rateProblem(text: string): string | undefined {
  const [, count = '', unit = ''] = RATE.exec(text) ?? [];
  const limit = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (!limit) return 'must be a positive whole number followed by m, h or d, such as 30m, 1h or 7d';
  if (Number(count) <= limit.max) return undefined;
  const days = Number(count) / 24;
  const same = unit === 'h' && Number.isInteger(days) && days <= 30 ? `; write ${days}d` : '';
  return `must be at most ${limit.max} ${limit.plural}${same}`;
}

/** The interval of a rate in milliseconds; `undefined` when the rate is not valid. */
export function rateMs(text: string): number | undefined {
  if (rateProblem(text) !== undefined) return undefined;
  const [, count, unit = ''] = RATE.exec(text) ?? [];
  return Number(count) * (UNITS[unit]?.ms ?? Number.NaN);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A positive whole number and a unit. */
export const DURATION = /^([1-9][0-9]{0,6})([smhd])$/;
/** The longest duration in a jobs file. */
export const MAX_DURATION_MS = 30 * 24 * 3600 * 1000;

/** The milliseconds of a duration such as `30s`, `5m`, `6h` or `7d`; at least 1000. `undefined` when the string is not a duration. */
export function durationMs(text: string): number | undefined {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}

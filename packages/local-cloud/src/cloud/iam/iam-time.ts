/** `2026-01-31T02:03:04.000000Z`: UTC with microseconds, as in the pages on tokens and temporary keys (iam_30_0001, iam_04_0002). */
export function iamTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

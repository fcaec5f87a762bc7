/** The median; for an even number of values the upper of the middle two. NaN for no values. */
export function median(values: readonly number[]): number {
  return at(values, 0.5);
}

/** The interquartile range of the values. */
export function middleHalf(values: readonly number[]): readonly [number, number] {
  return [at(values, 0.25), at(values, 0.75)];
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

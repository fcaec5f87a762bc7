/** The middle value; of an even number the upper of the two. NaN of none. */
export function median(values: readonly number[]): number {
  return at(values, 0.5);
}

/** From where to where the middle half of the values lies. */
export function middleHalf(values: readonly number[]): readonly [number, number] {
  return [at(values, 0.25), at(values, 0.75)];
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

/**
 * The value that `percent` percent of the values don't exceed (nearest rank, so always one of them). NaN for none.
 *
 * @param percent above 0, up to 100
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}

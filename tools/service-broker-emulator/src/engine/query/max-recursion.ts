/** The number of OPTION (MAXRECURSION n), which counts for every recursive expression of its statement. */
function maxRecursionOf(options: readonly string[]): number | undefined {
  for (const option of options) {
    const [, limit] = /^MAXRECURSION (\d+)$/.exec(option) ?? [];
    if (limit !== undefined) return Number(limit);
  }
  return undefined;
}

/** The part of a query's place that its statement's hints decide. */
export function hintedPlace(options: readonly string[]): { readonly maxRecursion?: number } {
  const maxRecursion = maxRecursionOf(options);
  return maxRecursion === undefined ? {} : { maxRecursion };
}

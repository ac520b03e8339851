/** Maps with at most `limit` calls under way, in order; the first error ends it. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await map(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

/**
 * Secrets read at a time. One after the other, a vault of fifty costs seconds; many more at once come near the limit of
 * a vault when several services start together.
 */
export const secretsAtATime = 8;

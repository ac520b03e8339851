/** Something that was refused for itself, and why. */
export interface RefusedItem<Item> {
  readonly item: Item;
  readonly error: unknown;
}

/** Options of {@link applyBisecting}. */
export interface BisectOptions<Item, Result> {
  /** Applies items, all or none. Its order is the order of `items`. */
  readonly apply: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Whether an error may be the fault of an item. Any other one is thrown on at once. */
  readonly isRefusal: (error: unknown) => boolean;
  /**
   * Called before an item is blamed: throws when the target would refuse anything at the moment, which ends the whole
   * call with that error.
   */
  readonly confirm: () => Promise<void>;
}

/**
 * Applies items as one, and when that is refused, in halves, until those are found that are refused alone. k bad ones
 * among n cost about 2k log2(n) further calls. An item is blamed after two refusals with a confirmation between them,
 * so that neither a target that is ill nor a call that somebody ended makes a good item look bad.
 *
 * @throws the first error that isn't a refusal; items that were applied before stay applied
 */
export async function applyBisecting<Item, Result>(
  items: readonly Item[],
  options: BisectOptions<Item, Result>,
): Promise<{ readonly results: readonly Result[]; readonly refused: readonly RefusedItem<Item>[] }> {
  const { apply, isRefusal, confirm } = options;
  const [first] = items;
  if (first === undefined) return { results: [], refused: [] };
  try {
    return { results: await apply(items), refused: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  if (items.length === 1) {
    await confirm();
    try {
      return { results: await apply(items), refused: [] };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { results: [], refused: [{ item: first, error }] };
    }
  }
  const middle = Math.ceil(items.length / 2);
  const left = await applyBisecting(items.slice(0, middle), options);
  const right = await applyBisecting(items.slice(middle), options);
  return { results: [...left.results, ...right.results], refused: [...left.refused, ...right.refused] };
}

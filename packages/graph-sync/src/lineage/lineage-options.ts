import { z } from 'zod';

/** Steps from an atom that a query takes when it isn't told how many. Documents are some 10 to 15 levels deep. */
export const defaultDepth = 25;
/** Most steps that a query takes. A search visits each atom once whatever the depth; a chain of this length is a defect. */
export const maxDepth = 1000;
/** Items of a page. */
export const defaultLimit = 100;
/** Most items of a page, some 3 MB. */
export const maxLimit = 10_000;

/** What every lineage query takes. */
export interface TenantQuery {
  /** Nothing of any other tenant is read, counted or walked through. */
  readonly tenantId: number;
  readonly signal?: AbortSignal | undefined;
}

/** A question about one atom. */
export interface AtomQuery extends TenantQuery {
  readonly atomId: bigint;
}

/** How far to walk. */
export interface DepthOption {
  /** Most steps from the atom, 1 to 1000; `truncated` in a result means that there is more. @default 25 */
  readonly depth?: number | undefined;
}

/** Which part of a list to give. */
export interface PageOptions {
  /** Items of the page, 1 to 10000. @default 100 */
  readonly limit?: number | undefined;
  /** `next` of the page before; of the same query, or it means nothing. @default the first page */
  readonly after?: string | undefined;
}

/** One part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** `after` of the following page; `null` on the last one. */
  readonly next: string | null;
}

const int64 = z
  .bigint()
  .min(-(2n ** 63n))
  .max(2n ** 63n - 1n);

/** Fields of the options, to be put together with `z.strictObject`. */
export const tenantFields = { tenantId: z.int32(), signal: z.instanceof(AbortSignal).optional() };
export const atomFields = { ...tenantFields, atomId: int64 };
export const depthField = { depth: z.int().min(1).max(maxDepth).default(defaultDepth) };

/** `limit` and `after`; a cursor is the sort key of the last item, `parts` whole numbers with colons between. */
export function pageFields(parts: number) {
  const cursor = new RegExp(`^-?\\d{1,19}(:-?\\d{1,19}){${parts - 1}}$`);
  const after = z
    .string()
    .regex(cursor, 'must be `next` of the page before')
    .transform((text) => text.split(':').map(BigInt))
    .pipe(z.array(int64))
    .optional();
  return { limit: limitField, after };
}

export const limitField = z.int().min(1).max(maxLimit).default(defaultLimit);

/** Cuts what was read, one item more than the page has, into the page and the cursor of the next one. */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
  cursor: (last: Item) => readonly (bigint | number)[],
): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursor(last).join(':') : null };
}

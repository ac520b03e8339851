import type { VectorIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { parseOptions } from '../options.ts';

/** Longest text to search for: some hundred words, far below the number of clauses that Lucene takes (1024). */
const maxText = 2_000;
const maxLimit = 1_000;

const common = {
  tenantId: z.int().min(0).max(2_147_483_647),
  limit: z.int().min(1).max(maxLimit).default(20),
  timeoutMs: z.int().min(1).default(10_000),
};

const searchSchema = z.strictObject({
  ...common,
  text: z
    .string()
    .max(maxText)
    .regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit'),
  minimumScore: z.number().min(0).default(0),
  offset: z.int().min(0).max(100_000).default(0),
  words: z.enum(['all', 'any']).default('all'),
});

const direction = z
  .array(z.number())
  .refine((numbers) => numbers.some((number) => number !== 0), 'must have a direction: all numbers are 0');
const index = z.custom<VectorIndex>((value) => typeof value === 'object');
const hasLength = ({ to, index: { dimensions } }: { to: unknown; index: VectorIndex }) =>
  !Array.isArray(to) || to.length === dimensions;
const otherLength = { message: "must have as many numbers as the index's vectors", path: ['to'] };

const similarSchema = z
  .strictObject({
    ...common,
    minimumScore: z.number().min(0).max(1).default(0),
    to: z.union([z.bigint(), direction]),
    index,
  })
  .refine(hasLength, otherLength);

const hybridSchema = z
  .strictObject({ ...common, text: searchSchema.shape.text.optional(), to: z.union([z.bigint(), direction]), index })
  .refine(hasLength, otherLength);

/** What to look for. */
export interface SearchAtomsOptions {
  /** Atoms of other tenants are never found. */
  readonly tenantId: number;
  /** Words of an atom's canonical text, in any order; at most 2000 characters. Nothing in it is syntax. */
  readonly text: string;
  /** Most results, 1 to 1000. @default 20 */
  readonly limit?: number | undefined;
  /** Results to leave out at the front, for the next page; 0 to 100000. @default 0 */
  readonly offset?: number | undefined;
  /** `all`: an atom must have all the words. `any`: one of them does; those with more, and rarer, of them come first. @default 'all' */
  readonly words?: 'all' | 'any' | undefined;
  /** Lucene's score: comparable within one search only. @default 0 */
  readonly minimumScore?: number | undefined;
  /**
   * After this the server ends the search, in milliseconds. A word that millions of atoms have takes long; too short fails
   * such searches, too long lets them pile up. @default 10000
   */
  readonly timeoutMs?: number | undefined;
}

/** What to look for. */
export interface SimilarAtomsOptions {
  /** Atoms of other tenants are never found. */
  readonly tenantId: number;
  /** Id of an atom of the tenant (it is not among its own results), or an embedding. */
  readonly to: bigint | readonly number[];
  /** Most results, 1 to 1000. @default 20 */
  readonly limit?: number | undefined;
  /** Whose vectors are compared: `modelEmbeddingIndex` of a model. */
  readonly index: VectorIndex;
  /** 0 (opposite) to 1 (same direction); 0.5 is unrelated. @default 0 */
  readonly minimumScore?: number | undefined;
  /** After this the server ends a statement, in milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined;
}

/** What to look for by words and by meaning together. */
export interface HybridAtomsOptions extends Omit<SimilarAtomsOptions, 'minimumScore'> {
  /** As for `searchAtoms`; of the words, any will do. @default the beginning of the atom's own text */
  readonly text?: string | undefined;
}

/** @throws InvalidGraphOptionsError */
export function parseSearchOptions(options: SearchAtomsOptions): z.output<typeof searchSchema> {
  return parseOptions(searchSchema, options);
}

/** @throws InvalidGraphOptionsError */
export function parseSimilarOptions(options: SimilarAtomsOptions): z.output<typeof similarSchema> {
  return parseOptions(similarSchema, options);
}

/** @throws InvalidGraphOptionsError */
export function parseHybridOptions(options: HybridAtomsOptions): z.output<typeof hybridSchema> {
  return parseOptions(hybridSchema, options);
}

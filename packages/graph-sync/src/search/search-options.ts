import { atomEmbeddingIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { checkOptions } from '../options.ts';

/** Longest text to search for: some hundred words, far below the number of clauses that Lucene takes (1024). */
const MAX_TEXT = 2_000;
const MAX_LIMIT = 1_000;

const common = {
  tenantId: z.int().min(0).max(2_147_483_647),
  limit: z.int().min(1).max(MAX_LIMIT).default(20),
  timeoutMs: z.int().min(1).default(10_000),
};

const searchSchema = z.strictObject({
  ...common,
  text: z
    .string()
    .max(MAX_TEXT)
    .regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit'),
  minimumScore: z.number().min(0).default(0),
  offset: z.int().min(0).max(100_000).default(0),
});

const similarSchema = z.strictObject({
  ...common,
  minimumScore: z.number().min(0).max(1).default(0),
  to: z.union([
    z.bigint(),
    z
      .array(z.number())
      .length(atomEmbeddingIndex.dimensions)
      .refine((numbers) => numbers.some((number) => number !== 0), 'must have a direction: all numbers are 0'),
  ]),
});

/** What to look for. */
export interface SearchAtomsOptions {
  /** Atoms of other tenants are never found. */
  readonly tenantId: number;
  /** Words that an atom's canonical text must all have, in any order; at most 2000 characters. Nothing in it is syntax. */
  readonly text: string;
  /** Most results, 1 to 1000. @default 20 */
  readonly limit?: number | undefined;
  /** Results to leave out at the front, for the next page; 0 to 100000. @default 0 */
  readonly offset?: number | undefined;
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
  /** 0 (opposite) to 1 (same direction); 0.5 is unrelated. @default 0 */
  readonly minimumScore?: number | undefined;
  /** After this the server ends a statement, in milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined;
}

/** @throws InvalidGraphOptionsError */
export function resolveSearchOptions(options: SearchAtomsOptions): z.output<typeof searchSchema> {
  return checkOptions(searchSchema, options);
}

/** @throws InvalidGraphOptionsError */
export function resolveSimilarOptions(options: SimilarAtomsOptions): z.output<typeof similarSchema> {
  return checkOptions(similarSchema, options);
}

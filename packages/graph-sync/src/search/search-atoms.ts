import { atomTextIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { unfinished, unfinishedFlag } from '../lineage/atom-summary.ts';
import { fulltextQuery } from './fulltext-query.ts';
import { runSearch } from './run-search.ts';
import { parseSearchOptions, type SearchAtomsOptions } from './search-options.ts';

/** An atom that a search has found. */
export interface FoundAtom {
  readonly id: bigint;
  readonly atomType: string | null;
  readonly contentType: string | null;
  /** The first 500 characters of the canonical text. */
  readonly text: string | null;
  readonly score: number;
  /** Of a document whose file is still being ingested, or whose ingestion has failed and is not undone: parts of it are missing. */
  readonly isUnfinished?: true | undefined;
}

/** A row of either search. */
export const foundAtom: z.ZodType<FoundAtom> = z.object({
  id: z.bigint(),
  atomType: z.string().nullable(),
  contentType: z.string().nullable(),
  text: z.string().nullable(),
  score: z.number(),
  isUnfinished: unfinishedFlag,
});

/** A text may have megabytes, and a thousand of them would be more than a client can take. */
export const beginningOfText = 'left(atom.canonicalText, 500)';

// The index covers all tenants: the tenant is looked at before anything is counted or returned.
const searchStatement =
  'CALL db.index.fulltext.queryNodes($index, $query) YIELD node AS atom, score ' +
  'WHERE atom.tenantId = $tenantId AND score >= $minimumScore ' +
  'RETURN atom.id AS id, atom.atomType AS atomType, atom.contentType AS contentType, ' +
  `${beginningOfText} AS text, score, ${unfinished('atom')} AS isUnfinished ` +
  'ORDER BY score DESC, id SKIP $offset LIMIT $limit';

/**
 * Finds a tenant's atoms by the words of their canonical text, the best first; with equal scores by id, so that pages
 * don't overlap while nothing changes.
 *
 * @throws InvalidGraphOptionsError, SearchIndexMissingError, SearchTimeoutError, other GraphSyncErrors; the reason of `signal` when aborted
 */
export async function searchAtoms(
  connection: GraphConnection,
  options: SearchAtomsOptions,
  signal?: AbortSignal,
): Promise<readonly FoundAtom[]> {
  const { tenantId, text, words, limit, offset, minimumScore, timeoutMs } = parseSearchOptions(options);
  const parameters = {
    ...{ index: atomTextIndex.name, query: fulltextQuery(text, words), minimumScore },
    ...{ tenantId: BigInt(tenantId), offset: BigInt(offset), limit: BigInt(limit) },
  };
  return runSearch(connection, foundAtom, searchStatement, parameters, { index: atomTextIndex, timeoutMs, signal });
}

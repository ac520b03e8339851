import type { VectorIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { AtomNotFoundError } from '../errors.ts';
import { unfinished } from '../lineage/atom-summary.ts';
import { type RunSearchOptions, runSearch } from './run-search.ts';
import { beginningOfText, type FoundAtom, foundAtom } from './search-atoms.ts';
import { AtomNotEmbeddedError } from './search-errors.ts';
import { parseSimilarOptions, type SimilarAtomsOptions } from './search-options.ts';

const findEmbeddingStatement =
  'MATCH (atom:Atom {id: $id, tenantId: $tenantId}) RETURN [x IN atom[$property] | toFloat(x)] AS embedding';
const embeddingRow = z.object({ embedding: z.array(z.number()).nullable() });

const foundFields = `id: atom.id, atomType: atom.atomType, contentType: atom.contentType, text: ${beginningOfText}, isUnfinished: ${unfinished('atom')}`;

// The index covers all tenants, so some of its nearest belong to others.
const byIndexStatement =
  'CALL db.index.vector.queryNodes($index, $nearest, $embedding) YIELD node AS atom, score ' +
  'RETURN count(*) AS given, min(score) AS farthest, collect(' +
  'CASE WHEN atom.tenantId = $tenantId AND coalesce(atom.id <> $self, true) AND score >= $minimumScore ' +
  `THEN {${foundFields}, score: score} END) AS found`;

const byTenantStatement =
  'MATCH (atom:Atom) WHERE atom.tenantId = $tenantId AND size(atom[$property]) = size($embedding) ' +
  'AND coalesce(atom.id <> $self, true) ' +
  'WITH atom, vector.similarity.cosine(atom[$property], $embedding) AS score WHERE score >= $minimumScore ' +
  `WITH atom, score ORDER BY score DESC, atom.id LIMIT $limit RETURN collect({${foundFields}, score: score}) AS found`;

const byIndexRow = z.object({ given: z.bigint(), farthest: z.number().nullable(), found: z.array(foundAtom) });
const byTenantRow = z.object({ found: z.array(foundAtom) });

/** How many more the index is asked for than are wanted, to begin with and each further time. */
const growth = 4;
/**
 * Most that the index is asked for. Where so many don't hold enough of the tenant's, the tenant has a small part of all
 * atoms, and comparing each of them takes less time than asking for still more.
 */
const mostNearest = 4_096;

/**
 * Finds a tenant's atoms whose embedding is nearest to one, the nearest first; with equal scores by id. Where the
 * tenant's atoms are few among those of others, its atoms are compared one by one, so that there are no fewer results
 * than there are atoms. The vector index is approximate: now and then it misses one of the nearest.
 *
 * @throws InvalidGraphOptionsError, AtomNotFoundError, AtomNotEmbeddedError, SearchIndexMissingError,
 * SearchTimeoutError, other GraphSyncErrors; the reason of `signal` when aborted
 */
export async function similarAtoms(
  connection: GraphConnection,
  options: SimilarAtomsOptions,
  signal?: AbortSignal,
): Promise<readonly FoundAtom[]> {
  const { tenantId, to, index, limit, minimumScore, timeoutMs } = parseSimilarOptions(options);
  const search = { index, timeoutMs, signal };
  const self = typeof to === 'bigint' ? to : null;
  const embedding = typeof to === 'bigint' ? await embeddingOf(connection, to, tenantId, search) : to;
  const [property] = index.properties;
  const parameters = {
    ...{ index: index.name, property, tenantId: BigInt(tenantId), self, minimumScore, limit: BigInt(limit) },
    embedding,
  };
  for (let nearest = (limit + 1) * growth; nearest <= mostNearest; nearest *= growth) {
    const [answer] = await runSearch(
      connection,
      byIndexRow,
      byIndexStatement,
      { ...parameters, nearest: BigInt(nearest) },
      search,
    );
    const { given, farthest, found } = answer ?? { given: 0n, farthest: null, found: [] };
    const isAll = given < nearest || (farthest !== null && farthest < minimumScore);
    if (isAll || found.length >= limit) return found.sort(nearestFirst).slice(0, limit);
  }
  const [answer] = await runSearch(connection, byTenantRow, byTenantStatement, parameters, search);
  return answer?.found ?? [];
}

async function embeddingOf(
  connection: GraphConnection,
  id: bigint,
  tenantId: number,
  search: RunSearchOptions & { readonly index: VectorIndex },
): Promise<readonly number[]> {
  const { dimensions, properties } = search.index;
  const parameters = { id, tenantId: BigInt(tenantId), property: properties[0] };
  const [atom] = await runSearch(connection, embeddingRow, findEmbeddingStatement, parameters, search);
  if (atom === undefined) throw new AtomNotFoundError(id, tenantId);
  const { embedding } = atom;
  if (embedding?.length !== dimensions) throw new AtomNotEmbeddedError(id, dimensions);
  return embedding;
}

function nearestFirst(one: FoundAtom, other: FoundAtom): number {
  return other.score - one.score || (one.id < other.id ? -1 : 1);
}

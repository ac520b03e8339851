import { z } from 'zod';
import { AtomNotFoundError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import {
  type AtomSummary,
  atomMap,
  atomPattern,
  atomSummary,
  edgeMap,
  type LineageEdge,
  lineageEdge,
  mergedFromType,
  tenantAtom,
} from './atom-summary.ts';
import { type AtomQuery, atomFields, type Page, type PageOptions, pageFields, pageOf } from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';

/** A question about what was merged into an atom. */
export interface MergeSourcesQuery extends AtomQuery, PageOptions {}

/** An atom that was merged into another, and the edge that says so. */
export interface MergeSource {
  readonly atom: AtomSummary;
  readonly edge: LineageEdge;
}

const querySchema = z.strictObject({ ...atomFields, ...pageFields(2) });
const sourcesRow = z.object({ sources: z.array(z.object({ atom: atomSummary, edge: lineageEdge })) });

/**
 * The atoms that were merged into one, by their ids. Two edges to the same atom are two sources.
 *
 * @throws AtomNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readMergeSources(context: LineageContext, query: MergeSourcesQuery): Promise<Page<MergeSource>> {
  const { atomId, tenantId, limit, after, signal } = parseOptions(querySchema, query);
  const [afterId = null, afterEdge = null] = after ?? [];
  const parameters = { atomId, tenantId: BigInt(tenantId), afterId, afterEdge, limit: BigInt(limit + 1) };
  const [row] = await readRows(context, signal, sourcesRow, mergeSourcesStatement, parameters);
  if (row === undefined) throw new AtomNotFoundError(atomId, tenantId);
  return pageOf(row.sources, limit, ({ atom, edge }) => [atom.id, edge.id]);
}

/** One row per atom found, with the page. */
export const mergeSourcesStatement = [
  `MATCH ${atomPattern('start')}`,
  'CALL (start) {',
  `MATCH (start)-[r:${mergedFromType}]->${tenantAtom('a')}`,
  'WHERE $afterId IS NULL OR a.id > $afterId OR a.id = $afterId AND r.id > $afterEdge',
  'WITH a, r ORDER BY a.id, r.id LIMIT $limit',
  `RETURN collect({atom: ${atomMap('a')}, edge: ${edgeMap('r')}}) AS sources`,
  '}',
  'RETURN sources',
].join('\n');

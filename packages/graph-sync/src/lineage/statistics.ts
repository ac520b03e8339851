import { z } from 'zod';
import { checkOptions } from '../options.ts';
import { ATOM, graphCount, graphTime, LINEAGE_TYPE_NAMES, tenantAtom } from './atom-summary.ts';
import { type TenantQuery, tenantFields } from './lineage-options.ts';
import { type LineageContext, readTransaction } from './read-transaction.ts';
import { lineageArrow } from './walk.ts';

/** Figures about all atoms of a tenant. */
export interface LineageStatistics {
  readonly atoms: number;
  /** Atoms that edges name but whose own row isn't in the graph; part of `atoms`. */
  readonly placeholders: number;
  /** Atoms that were made from no other. */
  readonly roots: number;
  /** Atoms from which no other was made. */
  readonly leaves: number;
  /** Atoms that are both. */
  readonly unlinked: number;
  /** Atoms with a content hash that another one has, too. */
  readonly duplicates: number;
  /** Edges by relationship type. */
  readonly edges: Readonly<Record<string, number>>;
  /** Most edges from one atom to its parents, and to it from its children. */
  readonly mostParents: number;
  readonly mostChildren: number;
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

const querySchema = z.strictObject(tenantFields);
const statisticsRow = z.object({
  ...{ atoms: graphCount, placeholders: graphCount, roots: graphCount, leaves: graphCount, unlinked: graphCount },
  ...{ mostParents: graphCount, mostChildren: graphCount, oldest: graphTime.nullable(), newest: graphTime.nullable() },
  edges: z.record(z.string(), graphCount),
  duplicates: graphCount,
});

/**
 * Figures about a tenant's atoms; goes through all of them.
 *
 * @throws InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readStatistics(context: LineageContext, query: TenantQuery): Promise<LineageStatistics> {
  const { tenantId, signal } = checkOptions(querySchema, query);
  const [row] = await readTransaction(context, signal, (read) =>
    read(statisticsRow, STATISTICS, { tenantId: BigInt(tenantId) }),
  );
  if (row === undefined) throw new TypeError('An aggregate without groups gave no row.');
  return row;
}

/** One row. */
export const STATISTICS = [
  'CALL () {',
  `MATCH (a:${ATOM}) USING INDEX SEEK a:${ATOM}(tenantId)`,
  'WHERE a.tenantId = $tenantId',
  `WITH a, ${LINEAGE_TYPE_NAMES.map((type, n) => `${edgeCount(`-[:${type}]->`)} AS t${n}`).join(', ')},`,
  `  ${edgeCount(lineageArrow('down'))} AS children`,
  `WITH a, children, ${LINEAGE_TYPE_NAMES.map((_, n) => `t${n}`).join(', ')},`,
  `  ${LINEAGE_TYPE_NAMES.map((_, n) => `t${n}`).join(' + ')} AS parents`,
  'RETURN count(*) AS atoms, count(a.placeholder) AS placeholders,',
  '  count(CASE WHEN parents = 0 THEN 1 END) AS roots, count(CASE WHEN children = 0 THEN 1 END) AS leaves,',
  '  count(CASE WHEN parents = 0 AND children = 0 THEN 1 END) AS unlinked,',
  '  coalesce(max(parents), 0) AS mostParents, coalesce(max(children), 0) AS mostChildren,',
  '  min(a.createdAt).epochMillis AS oldest, max(a.createdAt).epochMillis AS newest,',
  `  {${LINEAGE_TYPE_NAMES.map((type, n) => `${type}: sum(t${n})`).join(', ')}} AS edges`,
  '}',
  'CALL () {',
  `MATCH (a:${ATOM}) USING INDEX SEEK a:${ATOM}(tenantId)`,
  'WHERE a.tenantId = $tenantId AND a.contentHash IS NOT NULL',
  'WITH a.contentHash AS hash, count(*) AS count WHERE count > 1',
  'RETURN sum(count) AS duplicates',
  '}',
  'RETURN *',
].join('\n');

// How many edges of a type a node has is kept with it, so the ends are looked at only where there are any.
function edgeCount(arrow: string): string {
  return `CASE COUNT { (a)${arrow}() } WHEN 0 THEN 0 ELSE COUNT { (a)${arrow}${tenantAtom()} } END`;
}

import { z } from 'zod';
import { parseOptions } from '../options.ts';
import { atomLabel, graphCount, graphTime, lineageTypeNames, tenantAtom } from './atom-summary.ts';
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

const quickRow = statisticsRow.extend({ childEdges: graphCount, edgesWithin: graphCount });

/**
 * Figures about a tenant's atoms; goes through all of them.
 *
 * The server keeps with each atom how many edges it has, but not to whose atoms, and looking at the ends of all edges in
 * both directions is most of the work. So they are looked at in one direction only: where as many lead from the tenant's
 * atoms to the tenant's atoms as lead from them at all, and to them at all, none crosses tenants and the kept numbers are
 * right. Edges that cross are a defect; with them, every end is looked at.
 *
 * @throws InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readStatistics(context: LineageContext, query: TenantQuery): Promise<LineageStatistics> {
  const { tenantId, signal } = parseOptions(querySchema, query);
  const parameters = { tenantId: BigInt(tenantId) };
  const row = await readTransaction(context, signal, async (read) => {
    const [quick] = await read(quickRow, statisticsStatement, parameters);
    if (quick === undefined) return undefined;
    const { childEdges, edgesWithin, ...figures } = quick;
    const parentEdges = Object.values(figures.edges).reduce((sum, count) => sum + count, 0);
    if (parentEdges === edgesWithin && childEdges === edgesWithin) return figures;
    const [checked] = await read(statisticsRow, foreignEdgesStatisticsStatement, parameters);
    return checked;
  });
  if (row === undefined) throw new TypeError('An aggregate without groups gave no row.');
  return row;
}

const eachAtom = [`MATCH (a:${atomLabel}) USING INDEX SEEK a:${atomLabel}(tenantId)`, 'WHERE a.tenantId = $tenantId'];

/** One row; right where `edgesWithin` is both `childEdges` and the sum of `edges`. */
export const statisticsStatement = [
  ...figures((arrow) => `COUNT { (a)${arrow}() }`),
  'CALL () {',
  ...eachAtom,
  `MATCH (a)${lineageArrow('up')}${tenantAtom()}`,
  'RETURN count(*) AS edgesWithin',
  '}',
  'RETURN *',
].join('\n');

/** One row; edges from and to other tenants' atoms are not counted. */
export const foreignEdgesStatisticsStatement = [
  // How many edges of a type a node has is kept with it, so the ends are looked at only where there are any.
  ...figures((arrow) => `CASE COUNT { (a)${arrow}() } WHEN 0 THEN 0 ELSE COUNT { (a)${arrow}${tenantAtom()} } END`),
  'RETURN *',
].join('\n');

function figures(edgeCount: (arrow: string) => string): string[] {
  const counts = lineageTypeNames.map((_, n) => `t${n}`);
  return [
    'CALL () {',
    ...eachAtom,
    `WITH a, ${lineageTypeNames.map((type, n) => `${edgeCount(`-[:${type}]->`)} AS t${n}`).join(', ')},`,
    `  ${edgeCount(lineageArrow('down'))} AS children`,
    `WITH a, children, ${counts.join(', ')}, ${counts.join(' + ')} AS parents`,
    'RETURN count(*) AS atoms, count(a.placeholder) AS placeholders,',
    '  count(CASE WHEN parents = 0 THEN 1 END) AS roots, count(CASE WHEN children = 0 THEN 1 END) AS leaves,',
    '  count(CASE WHEN parents = 0 AND children = 0 THEN 1 END) AS unlinked,',
    '  coalesce(max(parents), 0) AS mostParents, coalesce(max(children), 0) AS mostChildren,',
    '  min(a.createdAt).epochMillis AS oldest, max(a.createdAt).epochMillis AS newest,',
    `  {${lineageTypeNames.map((type, n) => `${type}: sum(t${n})`).join(', ')}} AS edges, sum(children) AS childEdges`,
    '}',
    'CALL () {',
    `${eachAtom.join('\n')} AND a.contentHash IS NOT NULL`,
    'WITH a.contentHash AS hash, count(*) AS count WHERE count > 1',
    'RETURN sum(count) AS duplicates',
    '}',
  ];
}

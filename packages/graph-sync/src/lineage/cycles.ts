import { z } from 'zod';
import { parseOptions } from '../options.ts';
import { atomLabel, edgeMap, type LineageEdge, lineageEdge, tenantAtom } from './atom-summary.ts';
import { type Page, type PageOptions, pageFields, type TenantQuery, tenantFields } from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';
import { lineageArrow } from './walk.ts';

/** A question about cycles; `limit` is how many suspicious edges a page looks at. */
export interface CyclesQuery extends TenantQuery, PageOptions {}

/** Atoms that were each made from the next, and the last from the first. */
export interface LineageCycle {
  /** Ids in the direction from child to parent, the smallest first. */
  readonly atomIds: readonly bigint[];
  /** The edge from each atom to the next. */
  readonly edges: readonly LineageEdge[];
}

/** Cycles that a page found. */
export interface CyclePage extends Page<LineageCycle> {
  /** How many edges the page looked at. */
  readonly edgesChecked: number;
}

const querySchema = z.strictObject({ ...tenantFields, ...pageFields(1) });
const edgeRow = z.object({ edge: lineageEdge, rest: z.array(lineageEdge).nullable() });

/**
 * Cycles among a tenant's atoms; provenance must have none, and SQL can't rule them out.
 *
 * An atom is made after those that it is made from, so its id is greater. Going round a cycle, ids can't always fall:
 * at least one edge leads from a child to a parent of an equal or greater id. Only such edges, few as a rule or none, are
 * candidates; for each, the shortest way back from parent to child closes the cycle. This finds at least one cycle in
 * each set of atoms that are on cycles with each other, whatever the ids; these decide only how long it takes. A cycle
 * with candidates on two pages is found on both.
 *
 * @throws InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readCycles(context: LineageContext, query: CyclesQuery): Promise<CyclePage> {
  const { tenantId, limit, after, signal } = parseOptions(querySchema, query);
  const parameters = { tenantId: BigInt(tenantId), after: after?.[0] ?? null, limit: BigInt(limit + 1) };
  const rows = await readRows(context, signal, edgeRow, cyclesStatement, parameters);
  const checked = rows.slice(0, limit);
  const cycles = new Map<string, LineageCycle>();
  for (const { edge, rest } of checked) {
    if (rest === null) continue;
    const cycle = turned([edge, ...rest]);
    cycles.set(cycle.edges.map(({ id }) => id).join(), cycle);
  }
  const next = rows.length > limit ? (checked.at(-1)?.edge.id ?? null) : null;
  return { items: [...cycles.values()], edgesChecked: checked.length, next: next === null ? null : String(next) };
}

/** A row per candidate: the edge, and the edges from its parent back to its child; `null` when there is no way. */
export const cyclesStatement = [
  `MATCH (child:${atomLabel}) USING INDEX SEEK child:${atomLabel}(tenantId)`,
  'WHERE child.tenantId = $tenantId',
  `MATCH (child)${lineageArrow('up', '', 'r')}${tenantAtom('parent')}`,
  'WHERE parent.id >= child.id AND ($after IS NULL OR r.id > $after)',
  'WITH child, r, parent ORDER BY r.id LIMIT $limit',
  'CALL (child, parent) {',
  // An atom made from itself: there is nothing to look for, and the server would refuse to.
  'WITH child, parent WHERE child = parent RETURN [] AS rest',
  'UNION',
  'WITH child, parent WHERE child <> parent',
  `OPTIONAL MATCH p = shortestPath((parent)${lineageArrow('up', '*')}(child))`,
  'WHERE all(x IN nodes(p) WHERE x.tenantId = $tenantId)',
  `RETURN [s IN relationships(p) | ${edgeMap('s')}] AS rest`,
  '}',
  `RETURN ${edgeMap('r')} AS edge, rest ORDER BY r.id`,
].join('\n');

function turned(edges: readonly LineageEdge[]): LineageCycle {
  let first = 0;
  for (const [place, { childId }] of edges.entries()) if (childId < (edges[first]?.childId ?? childId)) first = place;
  const ordered = [...edges.slice(first), ...edges.slice(0, first)];
  return { atomIds: ordered.map(({ childId }) => childId), edges: ordered };
}

import { z } from 'zod';
import { parseOptions } from '../options.ts';
import { type AtomSummary, atomLabel, atomMap, atomSummary, tenantAtom } from './atom-summary.ts';
import { type Page, type PageOptions, pageFields, pageOf, type TenantQuery, tenantFields } from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';
import { lineageArrow } from './walk.ts';

/**
 * `unlinked`: atoms without any edge to or from another atom. `placeholder`: nodes that an edge names but whose own row
 * was not synced yet, or is gone.
 */
export const orphanKinds = ['unlinked', 'placeholder'] as const;

/** One of {@link orphanKinds}. */
export type OrphanKind = (typeof orphanKinds)[number];

/** A question about atoms of which the graph doesn't know enough. */
export interface OrphansQuery extends TenantQuery, PageOptions {
  readonly kind: OrphanKind;
}

const querySchema = z.strictObject({ ...tenantFields, ...pageFields(1), kind: z.enum(orphanKinds) });
const orphanRow = z.object({ atom: atomSummary });

/**
 * Atoms without lineage, or placeholders, by their ids. Goes through all atoms of the tenant for each page.
 *
 * @throws InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readOrphans(context: LineageContext, query: OrphansQuery): Promise<Page<AtomSummary>> {
  const { kind, tenantId, limit, after, signal } = parseOptions(querySchema, query);
  const parameters = { tenantId: BigInt(tenantId), after: after?.[0] ?? null, limit: BigInt(limit + 1) };
  const rows = await readRows(context, signal, orphanRow, orphanStatements[kind], parameters);
  return pageOf(
    rows.map(({ atom }) => atom),
    limit,
    ({ id }) => [id],
  );
}

function orphansWhere(condition: string): string {
  return [
    `MATCH (a:${atomLabel}) USING INDEX SEEK a:${atomLabel}(tenantId)`,
    `WHERE a.tenantId = $tenantId AND ($after IS NULL OR a.id > $after) AND ${condition}`,
    'WITH a ORDER BY a.id LIMIT $limit',
    `RETURN ${atomMap('a')} AS atom ORDER BY a.id`,
  ].join('\n');
}

/** A row per atom. */
export const orphanStatements: Readonly<Record<OrphanKind, string>> = {
  unlinked: orphansWhere(
    `NOT EXISTS { (a)${lineageArrow('any')}${tenantAtom()} } AND coalesce(a.placeholder, false) = false`,
  ),
  placeholder: orphansWhere('a.placeholder'),
};

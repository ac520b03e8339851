import { z } from 'zod';
import { parseOptions } from '../options.ts';
import { type AtomSummary, atomLabel, atomMap, atomSummary } from './atom-summary.ts';
import { type Page, type PageOptions, pageFields, pageOf, type TenantQuery, tenantFields } from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';

/** Which of a tenant's atoms. All that is given must hold. */
export interface AtomsQuery extends TenantQuery, PageOptions {
  readonly atomType?: string | undefined;
  readonly contentType?: string | undefined;
  /** Lower-case hexadecimal. */
  readonly contentHash?: string | undefined;
  readonly createdFrom?: Date | undefined;
  /** Without the time itself. */
  readonly createdBefore?: Date | undefined;
  /** `true`: only nodes that an edge names, but whose own row was not synced yet or is gone. */
  readonly isPlaceholder?: boolean | undefined;
}

const querySchema = z.strictObject({
  ...tenantFields,
  ...pageFields(1),
  atomType: z.string().min(1).max(64).optional(),
  contentType: z.string().min(1).max(256).optional(),
  contentHash: z
    .string()
    .regex(/^[0-9a-f]{2,64}$/)
    .optional(),
  createdFrom: z.date().optional(),
  createdBefore: z.date().optional(),
  isPlaceholder: z.boolean().optional(),
});
const atomRow = z.object({ atom: atomSummary });

/**
 * A tenant's atoms, those with the greatest ids, which are the newest, first. Walks along the index of ids: a filter that few atoms
 * pass makes it long.
 *
 * @throws InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readAtoms(context: LineageContext, query: AtomsQuery): Promise<Page<AtomSummary>> {
  const { tenantId, limit, after, signal, createdFrom, createdBefore, ...filter } = parseOptions(querySchema, query);
  const isBelow = after?.[0] ?? highestId;
  const rows = await readRows(context, signal, atomRow, atomsStatement(filter.contentHash !== undefined), {
    ...{ tenantId: BigInt(tenantId), isBelow, isFirst: after === undefined, limit: BigInt(limit + 1) },
    ...{ atomType: filter.atomType ?? null, contentType: filter.contentType ?? null },
    ...{ contentHash: filter.contentHash ?? null, isPlaceholder: filter.isPlaceholder ?? null },
    ...{ createdFrom: millisecondsOf(createdFrom), createdBefore: millisecondsOf(createdBefore) },
  });
  return pageOf(
    rows.map(({ atom }) => atom),
    limit,
    ({ id }) => [id],
  );
}

const highestId = 2n ** 63n - 1n;

/**
 * A row per atom, in the order of an index: of ids, or of hashes where one is given.
 */
function atomsStatement(isByHash: boolean): string {
  const index = isByHash
    ? `USING INDEX SEEK a:${atomLabel}(contentHash)`
    : `USING INDEX SEEK a:${atomLabel}(id, tenantId)`;
  return [
    `MATCH (a:${atomLabel}) ${index}`,
    'WHERE a.id <= $isBelow AND a.tenantId = $tenantId AND ($isFirst OR a.id < $isBelow)',
    isByHash ? '  AND a.contentHash = $contentHash' : '  AND ($contentHash IS NULL OR a.contentHash = $contentHash)',
    '  AND ($atomType IS NULL OR a.atomType = $atomType)',
    '  AND ($contentType IS NULL OR a.contentType = $contentType)',
    '  AND ($isPlaceholder IS NULL OR coalesce(a.placeholder, false) = $isPlaceholder)',
    '  AND ($createdFrom IS NULL OR a.createdAt >= datetime({epochMillis: $createdFrom}))',
    '  AND ($createdBefore IS NULL OR a.createdAt < datetime({epochMillis: $createdBefore}))',
    'WITH a ORDER BY a.id DESC LIMIT $limit',
    `RETURN ${atomMap('a')} AS atom ORDER BY a.id DESC`,
  ].join('\n');
}

function millisecondsOf(time: Date | undefined): bigint | null {
  return time === undefined ? null : BigInt(time.getTime());
}

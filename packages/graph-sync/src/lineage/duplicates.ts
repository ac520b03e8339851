import { z } from 'zod';
import { AtomNotFoundError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { type AtomSummary, atomLabel, atomMap, atomPattern, atomSummary, graphCount } from './atom-summary.ts';
import {
  type AtomQuery,
  atomFields,
  limitField,
  type Page,
  type PageOptions,
  pageFields,
  pageOf,
  type TenantQuery,
  tenantFields,
} from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';

/** A question about all atoms of a tenant whose content another one has too. */
export interface DuplicatesQuery extends TenantQuery, PageOptions {}

/** A question about the atoms that have the content of one. */
export interface DuplicatesOfQuery extends AtomQuery, PageOptions {}

/** Atoms of equal content. */
export interface DuplicateGroup {
  /** Lower-case hexadecimal. */
  readonly contentHash: string;
  /** How many atoms have it, 2 or more. */
  readonly count: number;
  /** The ids of the first ten of them, ascending. */
  readonly atomIds: readonly bigint[];
}

const idsPerGroup = 10;

const groupsSchema = z.strictObject({
  ...tenantFields,
  limit: limitField,
  after: z
    .string()
    .regex(/^[0-9a-f]{1,128}$/, 'must be `next` of the page before')
    .optional(),
});
const ofSchema = z.strictObject({ ...atomFields, ...pageFields(1) });
const groupRow = z.object({ contentHash: z.string(), count: graphCount, atomIds: z.array(z.bigint()) });
const atomsRow = z.object({ duplicates: z.array(atomSummary) });

/**
 * Groups of atoms with the same content hash, by the hash. Reads all atoms of the tenant for each page.
 *
 * @throws InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readDuplicates(context: LineageContext, query: DuplicatesQuery): Promise<Page<DuplicateGroup>> {
  const { tenantId, limit, after = '', signal } = parseOptions(groupsSchema, query);
  const parameters = { tenantId: BigInt(tenantId), after, limit: BigInt(limit + 1), ids: BigInt(idsPerGroup) };
  const groups = await readRows(context, signal, groupRow, duplicatesStatement, parameters);
  const items = groups.slice(0, limit);
  return { items, next: groups.length > limit ? (items.at(-1)?.contentHash ?? null) : null };
}

/**
 * The other atoms with the content hash of an atom, by their ids; none for an atom without a hash.
 *
 * @throws AtomNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readDuplicatesOf(context: LineageContext, query: DuplicatesOfQuery): Promise<Page<AtomSummary>> {
  const { atomId, tenantId, limit, after, signal } = parseOptions(ofSchema, query);
  const parameters = { atomId, tenantId: BigInt(tenantId), after: after?.[0] ?? null, limit: BigInt(limit + 1) };
  const [row] = await readRows(context, signal, atomsRow, duplicatesOfStatement, parameters);
  if (row === undefined) throw new AtomNotFoundError(atomId, tenantId);
  return pageOf(row.duplicates, limit, ({ id }) => [id]);
}

/** A row per group. */
export const duplicatesStatement = [
  `MATCH (a:${atomLabel}) USING INDEX SEEK a:${atomLabel}(tenantId)`,
  'WHERE a.tenantId = $tenantId AND a.contentHash > $after',
  'WITH a.contentHash AS contentHash, count(*) AS count',
  'WHERE count > 1',
  'WITH contentHash, count ORDER BY contentHash LIMIT $limit',
  'CALL (contentHash) {',
  `MATCH (d:${atomLabel}) USING INDEX SEEK d:${atomLabel}(contentHash)`,
  'WHERE d.contentHash = contentHash AND d.tenantId = $tenantId',
  'WITH d.id AS id ORDER BY id LIMIT $ids',
  'RETURN collect(id) AS atomIds',
  '}',
  'RETURN contentHash, count, atomIds ORDER BY contentHash',
].join('\n');

/** One row per atom found. */
export const duplicatesOfStatement = [
  `MATCH ${atomPattern('start')}`,
  'CALL (start) {',
  `MATCH (a:${atomLabel}) USING INDEX SEEK a:${atomLabel}(contentHash)`,
  'WHERE a.contentHash = start.contentHash AND a.tenantId = $tenantId',
  '  AND a.id <> $atomId AND ($after IS NULL OR a.id > $after)',
  'WITH a ORDER BY a.id LIMIT $limit',
  `RETURN collect(${atomMap('a')}) AS duplicates`,
  '}',
  'RETURN duplicates',
].join('\n');

import { z } from 'zod';
import { AtomNotFoundError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { type AtomAtDepth, atomAtDepth, atomMap, atomPattern, graphCount, tenantAtom } from './atom-summary.ts';
import {
  type AtomQuery,
  atomFields,
  type DepthOption,
  depthField,
  type Page,
  type PageOptions,
  pageFields,
  pageOf,
} from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';
import { type LineageDirection, lineageArrow, walk } from './walk.ts';

/** A question about the atoms around one. */
export interface AncestryQuery extends AtomQuery, DepthOption, PageOptions {}

/** Atoms around one, the nearest first, then by id. */
export interface AtomPage extends Page<AtomAtDepth> {
  /** How many there are within the depth, on all pages. */
  readonly total: number;
  /** Whether the depth cut the search: there are atoms beyond it. */
  readonly truncated: boolean;
}

/** Which of the atoms that a walk finds are meant: all, or those where it ends. */
export type AncestryPart = 'all' | 'ends';

const querySchema = z.strictObject({ ...atomFields, ...depthField, ...pageFields(2) });
const pageRow = z.object({ total: graphCount, truncated: z.boolean(), page: z.array(atomAtDepth) });

/**
 * The atoms in one direction from an atom.
 *
 * @throws AtomNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readAncestry(
  context: LineageContext,
  direction: LineageDirection,
  part: AncestryPart,
  query: AncestryQuery,
): Promise<AtomPage> {
  const { atomId, tenantId, depth, limit, after, signal } = parseOptions(querySchema, query);
  const [afterDepth = -1n, afterId = 0n] = after ?? [];
  const parameters = { atomId, tenantId: BigInt(tenantId), depth: BigInt(depth), afterDepth, afterId };
  const rows = await readRows(context, signal, pageRow, ancestryStatement(direction, part, depth), {
    ...parameters,
    limit: BigInt(limit + 1),
  });
  const [row] = rows;
  if (row === undefined) throw new AtomNotFoundError(atomId, tenantId);
  const page = pageOf(row.page, limit, (last) => [last.depth, last.id]);
  return { ...page, total: row.total, truncated: row.truncated };
}

/** One row per atom found: how many there are, whether the walk was cut, and the page. */
export function ancestryStatement(direction: LineageDirection, part: AncestryPart, depth: number): string {
  const isEnd = `NOT EXISTS { (a)${lineageArrow(direction)}${tenantAtom()} }`;
  return [
    `MATCH ${atomPattern('start')}`,
    'CALL (start) {',
    walk('start', direction, part === 'all' ? 1 : 0, depth),
    // In a cycle an atom is its own ancestor; it is never its own answer.
    part === 'all' ? 'WHERE a.id <> $atomId' : `WHERE depth > $depth OR ${isEnd}`,
    'RETURN collect({atom: a, depth: depth}) AS found',
    '}',
    'WITH found, size([f IN found WHERE f.depth <= $depth]) AS total, any(f IN found WHERE f.depth > $depth) AS truncated',
    'CALL (found) {',
    'UNWIND found AS f',
    'WITH f.atom AS a, f.depth AS depth',
    'WHERE depth <= $depth AND (depth > $afterDepth OR depth = $afterDepth AND a.id > $afterId)',
    'WITH a, depth ORDER BY depth, a.id LIMIT $limit',
    `RETURN collect(${atomMap('a', ', depth: depth')}) AS page`,
    '}',
    'RETURN total, truncated, page',
  ].join('\n');
}

import { z } from 'zod';
import { AtomNotFoundError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { atomPattern, graphCount, graphTime, tenantNode } from './atom-summary.ts';
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
import { walk } from './walk.ts';

/** A question about what was done to make an atom. */
export interface OperationsQuery extends AtomQuery, DepthOption, PageOptions {}

/** An operation behind an atom. */
export interface OperationBehind {
  readonly operationId: bigint;
  readonly operationType: string;
  /** `made`: the atom is its output. `took`: the atom is its input, and it has no output. */
  readonly role: 'made' | 'took';
  /** The atom, or the ancestor, and how many steps away it is. */
  readonly atomId: bigint;
  readonly depth: number;
  readonly createdAt: Date | null;
  readonly completedAt: Date | null;
  readonly performedBy: { readonly userId: bigint; readonly userName: string | null } | null;
}

/** Operations behind an atom, those of the nearest atom first, then by the ids of atom and operation. */
export interface OperationPage extends Page<OperationBehind> {
  /** How many there are within the depth, on all pages. */
  readonly total: number;
  /** Whether there are ancestors beyond the depth. */
  readonly truncated: boolean;
}

const querySchema = z.strictObject({ ...atomFields, ...depthField, ...pageFields(3) });
const operation = z.object({
  operationId: z.bigint(),
  operationType: z.string(),
  role: z.enum(['made', 'took']),
  atomId: z.bigint(),
  depth: graphCount,
  createdAt: graphTime.nullable(),
  completedAt: graphTime.nullable(),
  performedBy: z.object({ userId: z.bigint(), userName: z.string().nullable() }).nullable(),
});
const pageRow = z.object({ total: graphCount, truncated: z.boolean(), page: z.array(operation) });

/**
 * The operations that made an atom or one of its ancestors, and those without an output that took one as input. An
 * operation that took an ancestor and made something else isn't behind the atom.
 *
 * @throws AtomNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readOperations(context: LineageContext, query: OperationsQuery): Promise<OperationPage> {
  const { atomId, tenantId, depth, limit, after, signal } = parseOptions(querySchema, query);
  const [afterDepth = -1n, afterAtom = 0n, afterOperation = 0n] = after ?? [];
  const parameters = { atomId, tenantId: BigInt(tenantId), depth: BigInt(depth), limit: BigInt(limit + 1) };
  const [row] = await readRows(context, signal, pageRow, operationsStatement(depth), {
    ...parameters,
    afterDepth,
    afterAtom,
    afterOperation,
  });
  if (row === undefined) throw new AtomNotFoundError(atomId, tenantId);
  const page = pageOf(row.page, limit, (last) => [last.depth, last.atomId, last.operationId]);
  return { ...page, total: row.total, truncated: row.truncated };
}

/** One row per atom found. */
export function operationsStatement(depth: number): string {
  return [
    `MATCH ${atomPattern('start')}`,
    'CALL (start) {',
    walk('start', 'up', 0, depth),
    'RETURN collect({atom: a, depth: depth}) AS found, coalesce(max(depth) > $depth, false) AS truncated',
    '}',
    'CALL (found) {',
    'UNWIND found AS f',
    'WITH f.atom AS a, f.depth AS depth WHERE depth <= $depth',
    `MATCH (a)<-[r:INPUT_ATOM|OUTPUT_ATOM]-${tenantNode('o', 'Operation')}`,
    "WHERE type(r) = 'OUTPUT_ATOM' OR NOT EXISTS { (o)-[:OUTPUT_ATOM]->() }",
    "WITH o, a.id AS atomId, depth, CASE type(r) WHEN 'OUTPUT_ATOM' THEN 'made' ELSE 'took' END AS role",
    'RETURN collect({operation: o, atomId: atomId, depth: depth, role: role}) AS behind',
    '}',
    'CALL (behind) {',
    'UNWIND behind AS one',
    'WITH one.operation AS o, one.atomId AS atomId, one.depth AS depth, one.role AS role',
    'WITH * WHERE depth > $afterDepth OR depth = $afterDepth AND (atomId > $afterAtom',
    '  OR atomId = $afterAtom AND o.operationId > $afterOperation)',
    'WITH * ORDER BY depth, atomId, o.operationId LIMIT $limit',
    'RETURN collect(o{.operationId, .operationType, atomId: atomId, depth: depth, role: role,',
    '  createdAt: o.createdAt.epochMillis, completedAt: o.completedAt.epochMillis,',
    `  performedBy: head([(o)-[:PERFORMED_BY]->${tenantNode('u', 'User')} | u{.userId, .userName}])}) AS page`,
    '}',
    'RETURN size(behind) AS total, truncated, page',
  ].join('\n');
}

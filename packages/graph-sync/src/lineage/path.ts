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
} from './atom-summary.ts';
import { type AtomQuery, atomFields, type DepthOption, depthField } from './lineage-options.ts';
import { type LineageContext, type ReadStatement, readTransaction } from './read-transaction.ts';
import { type LineageDirection, lineageArrow, walk } from './walk.ts';

/** A question about how two atoms are related. */
export interface PathQuery extends AtomQuery, DepthOption {
  readonly toAtomId: bigint;
  /**
   * `up`: the other atom must be an ancestor; `down`: a descendant; `any`: also by a common ancestor or descendant.
   * @default 'any'
   */
  readonly direction?: LineageDirection | 'any' | undefined;
}

/** The shortest way between two atoms; of several equally short ones, any. */
export interface LineagePath {
  /** From the one atom to the other, both included; empty when there is no way. */
  readonly atoms: readonly AtomSummary[];
  /** The edge between each two; by its `childId` and `parentId` one sees which way it points. */
  readonly edges: readonly LineageEdge[];
  readonly found: boolean;
  /** Nothing was found, but the depth cut the search: there may be a longer way. */
  readonly truncated: boolean;
}

const querySchema = z.strictObject({
  ...atomFields,
  ...depthField,
  toAtomId: atomFields.atomId,
  direction: z.enum(['up', 'down', 'any']).default('any'),
});

const pathRow = z.object({ atoms: z.array(atomSummary), edges: z.array(lineageEdge) });
const idRow = z.object({ id: z.bigint() });
const deeperRow = z.object({ isDeeper: z.boolean() });

/**
 * The shortest way between two atoms of a tenant.
 *
 * @throws AtomNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readPath(context: LineageContext, query: PathQuery): Promise<LineagePath> {
  const { atomId, toAtomId, tenantId, depth, direction, signal } = parseOptions(querySchema, query);
  const parameters = { atomId, toAtomId, tenantId: BigInt(tenantId), depth: BigInt(depth) };
  return readTransaction(context, signal, async (read) => {
    // The server refuses to look for a path from a node to itself.
    if (atomId === toAtomId) return ownPath(read, { atomId, tenantId });
    const [path] = await read(pathRow, pathStatement(direction, depth), parameters);
    if (path !== undefined) return { ...path, found: true, truncated: false };
    for (const id of [atomId, toAtomId]) {
      const [known] = await read(idRow, `MATCH ${atomPattern('a')} RETURN a.id AS id`, { ...parameters, atomId: id });
      if (known === undefined) throw new AtomNotFoundError(id, tenantId);
    }
    const [beyond] = await read(deeperRow, deeperStatement(direction, depth), parameters);
    return { atoms: [], edges: [], found: false, truncated: beyond?.isDeeper ?? false };
  });
}

async function ownPath(
  read: ReadStatement,
  { atomId, tenantId }: { readonly atomId: bigint; readonly tenantId: number },
): Promise<LineagePath> {
  const statement = `MATCH ${atomPattern('a')} RETURN [${atomMap('a')}] AS atoms, [] AS edges`;
  const [path] = await read(pathRow, statement, { atomId, tenantId: BigInt(tenantId) });
  if (path === undefined) throw new AtomNotFoundError(atomId, tenantId);
  return { ...path, found: true, truncated: false };
}

/** The condition on all nodes is checked during the search, which goes from both ends and visits a node once. */
export function pathStatement(direction: LineageDirection | 'any', depth: number): string {
  return [
    `MATCH ${atomPattern('a')}, ${atomPattern('b', 'toAtomId')}`,
    `MATCH p = shortestPath((a)${lineageArrow(direction, `*1..${depth}`)}(b))`,
    'WHERE all(x IN nodes(p) WHERE x.tenantId = $tenantId)',
    `RETURN [x IN nodes(p) | ${atomMap('x')}] AS atoms, [r IN relationships(p) | ${edgeMap('r')}] AS edges`,
  ].join('\n');
}

/** Whether a search from the first atom finds anything beyond the depth. */
export function deeperStatement(direction: LineageDirection | 'any', depth: number): string {
  return [
    `MATCH ${atomPattern('start')}`,
    'CALL (start) {',
    // From 0, so that the atom itself is at depth 0 and not where a cycle or a second edge leads back to it.
    walk('start', direction, 0, depth),
    'RETURN max(depth) AS deepest',
    '}',
    'RETURN coalesce(deepest > $depth, false) AS isDeeper',
  ].join('\n');
}

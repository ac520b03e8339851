import { z } from 'zod';
import { AtomNotFoundError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import {
  type AtomAtDepth,
  atomAtDepth,
  atomMap,
  atomPattern,
  graphCount,
  type LineageEdge,
  tenantAtom,
} from './atom-summary.ts';
import { type AtomQuery, atomFields, type DepthOption, depthField } from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';
import { lineageArrow, walk } from './walk.ts';

/** A question about an atom with all that is around it. */
export interface TreeQuery extends AtomQuery, DepthOption {
  /** `up`: ancestors; `down`: descendants; `both`. @default 'both' */
  readonly direction?: 'up' | 'down' | 'both' | undefined;
  /** Most atoms in each direction, 1 to 10000, the nearest ones. @default 1000 */
  readonly maxAtoms?: number | undefined;
}

/** What cut a tree: the depth, the number of atoms, or the number of edges (ten for each atom). */
export type TreeCut = 'depth' | 'atoms' | 'edges';

/** An atom with its ancestors and descendants, and every edge between any two of them. */
export interface LineageTree {
  readonly root: AtomAtDepth;
  /** The nearest first, then by id. */
  readonly ancestors: readonly AtomAtDepth[];
  readonly descendants: readonly AtomAtDepth[];
  readonly edges: readonly LineageEdge[];
  /** Whether anything was left out. */
  readonly truncated: boolean;
  readonly cut: readonly TreeCut[];
}

const edgesPerAtom = 10;

const querySchema = z.strictObject({
  ...atomFields,
  ...depthField,
  direction: z.enum(['up', 'down', 'both']).default('both'),
  maxAtoms: z.int().min(1).max(10_000).default(1000),
});

const side = z.object({ atoms: z.array(atomAtDepth), total: graphCount, isDeeper: z.boolean() });
// Lists where maps would say the same: of thousands of edges, half of the time would go into the names.
const edgeList = z
  .tuple([z.bigint(), z.string(), z.bigint(), z.bigint(), z.string().nullable(), z.bigint().nullable()])
  .transform(
    ([id, type, childId, parentId, derivationType, sequenceNumber]): LineageEdge => ({
      ...{ id, type, childId, parentId, derivationType, sequenceNumber },
    }),
  );
const treeRow = z.object({ root: atomAtDepth, up: side, down: side, edges: z.array(edgeList) });

/**
 * The atoms around an atom, with their edges.
 *
 * @throws AtomNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readTree(context: LineageContext, query: TreeQuery): Promise<LineageTree> {
  const { atomId, tenantId, depth, direction, maxAtoms, signal } = parseOptions(querySchema, query);
  const maxEdges = (maxAtoms * 2 + 1) * edgesPerAtom;
  const rows = await readRows(context, signal, treeRow, treeStatement(direction, depth), {
    atomId,
    tenantId: BigInt(tenantId),
    depth: BigInt(depth),
    maxAtoms: BigInt(maxAtoms),
    maxEdges: BigInt(maxEdges + 1),
  });
  const [row] = rows;
  if (row === undefined) throw new AtomNotFoundError(atomId, tenantId);
  const { root, up, down } = row;
  const shown = new Set([root, ...up.atoms, ...down.atoms].map(({ id }) => id));
  const cut: TreeCut[] = [];
  if (up.isDeeper || down.isDeeper) cut.push('depth');
  if (up.atoms.length < up.total || down.atoms.length < down.total) cut.push('atoms');
  if (row.edges.length > maxEdges) cut.push('edges');
  // In a cycle an atom is both above and below, and its edges come twice.
  const edges = new Map<bigint, LineageEdge>();
  for (const edge of row.edges.slice(0, maxEdges)) {
    if (shown.has(edge.childId) && shown.has(edge.parentId)) edges.set(edge.id, edge);
  }
  return {
    root,
    ancestors: up.atoms,
    descendants: down.atoms,
    edges: [...edges.values()],
    truncated: cut.length > 0,
    cut,
  };
}

/** One row: the atom, either side, and the edges from each to what it was made from, whether that is shown or not. */
export function treeStatement(direction: 'up' | 'down' | 'both', depth: number): string {
  return [
    `MATCH ${atomPattern('start')}`,
    ...sideLines('up', direction !== 'down', depth),
    ...sideLines('down', direction !== 'up', depth),
    'CALL (start, up, down) {',
    'UNWIND [start] + [f IN up.found | f.atom] + [f IN down.found | f.atom] AS a',
    `MATCH (a)${lineageArrow('up', '', 'r')}${tenantAtom('p')}`,
    'WITH a, r, p LIMIT $maxEdges',
    'RETURN collect([r.id, type(r), a.id, p.id, r.derivationType, r.sequenceNumber]) AS edges',
    '}',
    `RETURN ${atomMap('start', ', depth: 0')} AS root,`,
    ...(['up', 'down'] as const).map(
      (name) =>
        `{total: ${name}.total, isDeeper: ${name}.isDeeper, ` +
        `atoms: [f IN ${name}.found | ${atomMapOf('f.atom', 'f.depth')}]} AS ${name},`,
    ),
    'edges',
  ].join('\n');
}

function sideLines(name: 'up' | 'down', isWanted: boolean, depth: number): string[] {
  if (!isWanted) return [`WITH *, {found: [], total: 0, isDeeper: false} AS ${name}`];
  return [
    'CALL (start) {',
    walk('start', name, 1, depth),
    'WHERE a.id <> $atomId',
    'WITH a, depth ORDER BY depth, a.id',
    'WITH collect({atom: a, depth: depth}) AS found',
    'WITH [f IN found WHERE f.depth <= $depth] AS near, size(found) AS reached',
    `RETURN {found: near[..$maxAtoms], total: size(near), isDeeper: size(near) < reached} AS ${name}`,
    '}',
  ];
}

// A map projection takes a variable only.
function atomMapOf(expression: string, depth: string): string {
  return `head([a IN [${expression}] | ${atomMap('a', `, depth: ${depth}`)}])`;
}

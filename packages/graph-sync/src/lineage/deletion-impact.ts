import { z } from 'zod';
import { AtomNotFoundError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { atomPattern, graphCount, tenantAtom } from './atom-summary.ts';
import { type AtomQuery, atomFields, type DepthOption, depthField } from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';
import { lineageArrow, walk } from './walk.ts';

/** A question about what deleting an atom would do to the provenance of others. */
export interface DeletionImpactQuery extends AtomQuery, DepthOption {
  /** Most descendants that are looked at, 1 to 100000, the nearest ones. @default 20000 */
  readonly maxAtoms?: number | undefined;
}

/** An atom that was made from the one in question, at once or over others. */
export interface AffectedAtom {
  readonly id: bigint;
  readonly depth: number;
  /**
   * `all`: everything that it was made from is the atom or was made from it alone, so nothing before them is left.
   * `part`: it has other sources besides.
   */
  readonly loses: 'all' | 'part';
  /** Whether it was made from nothing but the atom itself, and would be left without any edge to a parent. */
  readonly becomesRoot: boolean;
}

/** What deleting an atom would do. */
export interface DeletionImpact {
  /** Descendants, the nearest first, then by id. */
  readonly affected: readonly AffectedAtom[];
  /** How many lose all of their provenance, how many a part of it. */
  readonly losesAll: number;
  readonly losesPart: number;
  /** Edges from the atom to its parents, which go with it or stay with the placeholder. */
  readonly parentEdges: number;
  /** Edges that end at the atom. While there are any, its node stays in the graph as a placeholder. */
  readonly childEdges: number;
  readonly staysAsPlaceholder: boolean;
  /**
   * Depth or `maxAtoms` cut the search. What has a parent beyond the cut counts as having another source, so then
   * `losesAll` is the least it can be.
   */
  readonly truncated: boolean;
}

const querySchema = z.strictObject({
  ...atomFields,
  ...depthField,
  maxAtoms: z.int().min(1).max(100_000).default(20_000),
});

const impactRow = z.object({
  parentEdges: graphCount,
  childEdges: graphCount,
  truncated: z.boolean(),
  // One list of numbers for each atom, [id, depth, ids of parents]: with maps, half of the time goes into their keys.
  atoms: z.array(z.tuple([z.bigint(), graphCount, z.array(z.bigint())])),
});

/**
 * What would be lost with an atom.
 *
 * @throws AtomNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function readDeletionImpact(context: LineageContext, query: DeletionImpactQuery): Promise<DeletionImpact> {
  const { atomId, tenantId, depth, maxAtoms, signal } = parseOptions(querySchema, query);
  const parameters = { atomId, tenantId: BigInt(tenantId), depth: BigInt(depth), maxAtoms: BigInt(maxAtoms) };
  const [row] = await readRows(context, signal, impactRow, deletionImpactStatement(depth), parameters);
  if (row === undefined) throw new AtomNotFoundError(atomId, tenantId);
  const { parentEdges, childEdges, truncated } = row;
  const keeping = atomsWithOtherSources(atomId, row.atoms);
  const affected = row.atoms.map(
    ([id, atomDepth, parents]): AffectedAtom => ({
      id,
      depth: atomDepth,
      loses: keeping.has(id) ? 'part' : 'all',
      becomesRoot: parents.every((parent) => parent === atomId),
    }),
  );
  const losesPart = affected.filter(({ loses }) => loses === 'part').length;
  return {
    affected,
    losesAll: affected.length - losesPart,
    losesPart,
    ...{ parentEdges, childEdges, staysAsPlaceholder: childEdges > 0, truncated },
  };
}

/** One row: the atom's descendants with their parents. */
export function deletionImpactStatement(depth: number): string {
  return [
    `MATCH ${atomPattern('start')}`,
    'CALL (start) {',
    walk('start', 'down', 1, depth),
    'WHERE a.id <> $atomId',
    'WITH a, depth ORDER BY depth, a.id',
    'WITH collect({atom: a, depth: depth}) AS found',
    'WITH [f IN found WHERE f.depth <= $depth][..$maxAtoms] AS near, size(found) AS reached',
    `RETURN [f IN near | [f.atom.id, f.depth, COLLECT { WITH f.atom AS a MATCH (a)${lineageArrow('up')}${tenantAtom('p')} RETURN p.id }]] AS atoms,`,
    '  size(near) < reached AS truncated',
    '}',
    `RETURN atoms, truncated, COUNT { (start)${lineageArrow('up')}${tenantAtom()} } AS parentEdges,`,
    `  COUNT { (start)${lineageArrow('down')}${tenantAtom()} } AS childEdges`,
  ].join('\n');
}

/**
 * The atoms that have a source besides the deleted one: a parent that isn't made from it, or one that has such a source
 * itself. Each edge is looked at once.
 */
function atomsWithOtherSources(
  deleted: bigint,
  atoms: readonly (readonly [id: bigint, depth: number, parents: readonly bigint[]])[],
): Set<bigint> {
  const affected = new Set(atoms.map(([id]) => id)).add(deleted);
  const children = new Map<bigint, bigint[]>();
  const keeping = new Set<bigint>();
  for (const [id, , parents] of atoms) {
    for (const parent of parents) {
      if (!affected.has(parent)) keeping.add(id);
      const list = children.get(parent);
      if (list === undefined) children.set(parent, [id]);
      else list.push(id);
    }
  }
  // A set is gone through in the order of insertion, with what is added on the way.
  for (const id of keeping) for (const child of children.get(id) ?? []) keeping.add(child);
  return keeping;
}

import fc from 'fast-check';

/** An atom of the model; `tenant` is its owner. */
interface ModelAtom {
  readonly id: number;
  readonly tenant: 'own' | 'other';
}

/** An edge from a child to a parent, by their ids. */
export interface ModelEdge {
  readonly id: number;
  readonly child: number;
  readonly parent: number;
  readonly type: 'DERIVED_FROM' | 'MERGED_FROM';
}

/** A graph of atoms of two tenants, whose edges respect nothing. */
export interface ModelLineage {
  readonly atoms: readonly ModelAtom[];
  readonly edges: readonly ModelEdge[];
}

/**
 * Graphs with far more paths than atoms: each atom has edges to several before it. A few atoms are another tenant's,
 * with edges across, as only an attacker or a defect would write them; `backEdges` adds some that close cycles.
 */
export function lineages({ backEdges }: { readonly backEdges: boolean }): fc.Arbitrary<ModelLineage> {
  const atom = fc.record({
    tenant: fc.constantFrom('own', 'own', 'own', 'own', 'own', 'other' as const),
    parents: fc.array(fc.nat(5), { maxLength: 4 }),
    merged: fc.boolean(),
  });
  return fc
    .tuple(
      fc.array(atom, { minLength: 2, maxLength: 16 }),
      fc.array(fc.tuple(fc.nat(15), fc.nat(15)), { maxLength: backEdges ? 3 : 0 }),
    )
    .map(([drawn, back]) => {
      const atoms = drawn.map(({ tenant }, n) => ({ id: n + 1, tenant: n === 0 ? ('own' as const) : tenant }));
      const pairs = drawn.flatMap(({ parents, merged }, n) =>
        parents.filter((near) => near < n).map((near) => ({ child: n + 1, parent: n - near, merged })),
      );
      for (const [low, high] of back) {
        const [parent, child] = [Math.max(low, high), Math.min(low, high)].map((n) => (n % atoms.length) + 1);
        pairs.push({ child: child ?? 1, parent: parent ?? 1, merged: false });
      }
      const edges = pairs.map(({ child, parent, merged }, n) => ({
        ...{ id: n + 1, child, parent, type: merged ? ('MERGED_FROM' as const) : ('DERIVED_FROM' as const) },
      }));
      return { atoms, edges };
    });
}

/** The same graph as its own tenant may see it, with the answers by plain search. */
export class OwnLineage {
  readonly ids: readonly number[];
  readonly edges: readonly ModelEdge[];

  constructor({ atoms, edges }: ModelLineage) {
    this.ids = atoms.filter(({ tenant }) => tenant === 'own').map(({ id }) => id);
    const own = new Set(this.ids);
    this.edges = edges.filter(({ child, parent }) => own.has(child) && own.has(parent));
  }

  neighbours(id: number, direction: 'up' | 'down' | 'any'): number[] {
    const up = direction === 'down' ? [] : this.edges.filter(({ child }) => child === id).map(({ parent }) => parent);
    const down = direction === 'up' ? [] : this.edges.filter(({ parent }) => parent === id).map(({ child }) => child);
    return [...up, ...down];
  }

  /** Distance of every atom that can be reached, the atom itself at 0. */
  distances(from: number, direction: 'up' | 'down' | 'any', without?: number): Map<number, number> {
    const found = new Map([[from, 0]]);
    for (const [id, distance] of found) {
      for (const next of this.neighbours(id, direction)) {
        if (next !== without && !found.has(next)) found.set(next, distance + 1);
      }
    }
    return found;
  }

  /** As `depth:id`, in the order of the answer. */
  within(from: number, direction: 'up' | 'down', depth: number): string[] {
    const found = [...this.distances(from, direction)].filter(([id, at]) => id !== from && at <= depth);
    return found.toSorted(([a, at], [b, bt]) => at - bt || a - b).map(([id, at]) => `${at}:${id}`);
  }

  ends(from: number, direction: 'up' | 'down', depth: number): string[] {
    const found = [...this.distances(from, direction)].filter(
      ([id, at]) => at <= depth && this.neighbours(id, direction).length === 0,
    );
    return found.toSorted(([a, at], [b, bt]) => at - bt || a - b).map(([id, at]) => `${at}:${id}`);
  }

  isDeeper(from: number, direction: 'up' | 'down', depth: number): boolean {
    return [...this.distances(from, direction).values()].some((at) => at > depth);
  }

  isOnCycle(id: number): boolean {
    return this.neighbours(id, 'up').some((parent) => parent === id || this.distances(parent, 'up').has(id));
  }

  /** Descendants with nothing before them but the atom: no way up from them, past it, leads to an atom outside. */
  losesAll(deleted: number): Set<number> {
    const below = this.distances(deleted, 'down');
    return new Set(
      [...below.keys()].filter(
        (id) => id !== deleted && [...this.distances(id, 'up', deleted).keys()].every((source) => below.has(source)),
      ),
    );
  }
}

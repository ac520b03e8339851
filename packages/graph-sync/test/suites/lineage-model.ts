import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type AtomPage, createLineageReader, type LineageReader } from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { lineages, type ModelLineage, OwnLineage } from '../lineage-model.ts';

/** Graphs of each kind. An even number. */
const numRuns = process.env.CHAOS_FORM === 'long' ? 60 : 8;

/** Random graphs, answered by Neo4j and by a plain search in memory. */
export function lineageModelTests(start: () => Fixture): void {
  let fixture: Fixture;
  let reader: LineageReader;
  let nextTenant = 1000;
  beforeAll(() => {
    fixture = start();
    reader = createLineageReader(fixture.graph, { timeoutMs: 120_000 });
  });

  /** Writes a graph for a tenant of its own; nothing has to be cleared between runs. */
  async function write({ atoms, edges }: ModelLineage) {
    const tenantId = nextTenant;
    nextTenant += 2;
    // Ids are unique across tenants.
    const base = BigInt(tenantId) * 1000n;
    const tenantOf = new Map(atoms.map(({ id, tenant }) => [id, BigInt(tenant === 'own' ? tenantId : tenantId + 1)]));
    await fixture.query('UNWIND $rows AS row CREATE (:Atom {id: row.id, tenantId: row.tenantId, atomType: "text"})', {
      rows: atoms.map(({ id }) => ({ id: base + BigInt(id), tenantId: tenantOf.get(id) })),
    });
    for (const type of ['DERIVED_FROM', 'MERGED_FROM']) {
      const rows = edges
        .filter((edge) => edge.type === type)
        .map(({ id, child, parent }) => ({
          id: base + BigInt(id),
          child: base + BigInt(child),
          parent: base + BigInt(parent),
          childTenant: tenantOf.get(child),
          parentTenant: tenantOf.get(parent),
        }));
      await fixture.query(
        `UNWIND $rows AS row
         MATCH (c:Atom {id: row.child, tenantId: row.childTenant}), (p:Atom {id: row.parent, tenantId: row.parentTenant})
         CREATE (c)-[:${type} {id: row.id, tenantId: row.childTenant}]->(p)`,
        { rows },
      );
    }
    return { tenantId, base, atom: (id: number) => ({ tenantId, atomId: base + BigInt(id) }) };
  }

  /** All pages of a list, three items each. */
  async function all(read: (after: string | undefined) => Promise<AtomPage>, base: bigint) {
    const found: string[] = [];
    let page: AtomPage | undefined;
    do {
      page = await read(page?.next ?? undefined);
      found.push(...page.items.map(({ depth, id }) => `${depth}:${id - base}`));
    } while (page.next !== null);
    expect(page.total).toBe(found.length);
    return { found, truncated: page.truncated };
  }

  test('ancestors, descendants, roots, leaves, trees and paths are those of a plain search', async () => {
    await fc.assert(
      fc.asyncProperty(
        lineages({ backEdges: true }),
        fc.nat(99),
        fc.nat(99),
        fc.constantFrom(1, 2, 3, 25),
        async (lineage, drawn, drawnOther, depth) => {
          const own = new OwnLineage(lineage);
          const { base, atom } = await write(lineage);
          const id = own.ids[drawn % own.ids.length]!;
          const other = own.ids[drawnOther % own.ids.length]!;
          const paged = { ...atom(id), depth, limit: 3 };
          for (const direction of ['up', 'down'] as const) {
            const around = direction === 'up' ? reader.ancestors : reader.descendants;
            const ends = direction === 'up' ? reader.roots : reader.leaves;
            const truncated = own.isDeeper(id, direction, depth);
            expect(await all((after) => around({ ...paged, after }), base)).toEqual({
              found: own.within(id, direction, depth),
              truncated,
            });
            expect(await all((after) => ends({ ...paged, after }), base)).toEqual({
              found: own.ends(id, direction, depth),
              truncated,
            });
          }
          const tree = await reader.tree({ ...atom(id), depth });
          const shown = [tree.root, ...tree.ancestors, ...tree.descendants].map((node) => Number(node.id - base));
          expect(tree.ancestors.map((node) => `${node.depth}:${node.id - base}`)).toEqual(own.within(id, 'up', depth));
          expect(tree.edges.map((edge) => Number(edge.id - base)).sort(ascending)).toEqual(
            own.edges
              .filter(({ child, parent }) => shown.includes(child) && shown.includes(parent))
              .map((edge) => edge.id),
          );
          for (const direction of ['up', 'down', 'any'] as const) {
            const distances = own.distances(id, direction);
            const path = await reader.path({ ...atom(id), toAtomId: base + BigInt(other), depth, direction });
            const distance = distances.get(other);
            if (distance === undefined || distance > depth) {
              const truncated = [...distances.values()].some((at) => at > depth);
              expect(path).toMatchObject({ found: false, atoms: [], truncated });
            } else {
              expect(path.atoms.map((node) => distances.get(Number(node.id - base)))).toEqual(
                Array.from({ length: distance + 1 }, (_, step) => step),
              );
              expect(path.edges).toHaveLength(distance);
              expect(path.atoms.at(-1)?.id).toBe(base + BigInt(other));
            }
          }
        },
      ),
      { numRuns: numRuns / 2 },
    );
  }, 180_000);

  test('figures are those of counting, with and without edges of other tenants', async () => {
    let foreign = 0;
    await fc.assert(
      fc.asyncProperty(lineages({ backEdges: true }), async (lineage) => {
        const own = new OwnLineage(lineage);
        const touching = lineage.edges.filter(({ child, parent }) =>
          [child, parent].some((id) => own.ids.includes(id)),
        );
        if (touching.length > own.edges.length) foreign += 1;
        const { tenantId } = await write(lineage);
        const parents = own.ids.map((id) => own.neighbours(id, 'up').length);
        const children = own.ids.map((id) => own.neighbours(id, 'down').length);
        const isNone = (count: number) => count === 0;
        expect(await reader.statistics({ tenantId })).toEqual({
          ...{ atoms: own.ids.length, placeholders: 0, duplicates: 0, oldest: null, newest: null },
          roots: parents.filter(isNone).length,
          leaves: children.filter(isNone).length,
          unlinked: own.ids.filter((id) => own.neighbours(id, 'any').length === 0).length,
          edges: {
            DERIVED_FROM: own.edges.filter(({ type }) => type === 'DERIVED_FROM').length,
            MERGED_FROM: own.edges.filter(({ type }) => type === 'MERGED_FROM').length,
            SUPERSEDES: 0,
          },
          mostParents: Math.max(...parents),
          mostChildren: Math.max(...children),
        });
      }),
      { numRuns, examples: [[oneForeignEdge(2, 1)], [oneForeignEdge(1, 2)]] },
    );
    expect(foreign).toBeGreaterThanOrEqual(2);
  }, 120_000);

  test('cycles found are cycles, and each group of atoms on cycles has one', async () => {
    await fc.assert(
      fc.asyncProperty(lineages({ backEdges: true }), async (lineage) => {
        const own = new OwnLineage(lineage);
        const { tenantId, base } = await write(lineage);
        const { items } = await reader.cycles({ tenantId });
        for (const { edges, atomIds } of items) {
          for (const [place, { id, childId }] of edges.entries()) {
            const edge = own.edges.find((candidate) => base + BigInt(candidate.id) === id)!;
            expect(childId).toBe(base + BigInt(edge.child));
            expect(atomIds[(place + 1) % atomIds.length]).toBe(base + BigInt(edge.parent));
          }
        }
        const found = items.flatMap(({ atomIds }) => atomIds.map((id) => Number(id - base)));
        for (const id of own.ids.filter((candidate) => own.isOnCycle(candidate))) {
          const group = [...own.distances(id, 'up').keys()].filter((other) => own.distances(other, 'up').has(id));
          expect(group.some((member) => found.includes(member))).toBe(true);
        }
        expect(found.every((id) => own.isOnCycle(id))).toBe(true);
      }),
      { numRuns },
    );
  }, 120_000);

  test('deleting an atom costs what a search without it no longer finds', async () => {
    await fc.assert(
      fc.asyncProperty(lineages({ backEdges: false }), fc.nat(99), async (lineage, drawn) => {
        const own = new OwnLineage(lineage);
        const { base, atom } = await write(lineage);
        const id = own.ids[drawn % own.ids.length]!;
        const { affected, childEdges, parentEdges } = await reader.deletionImpact(atom(id));
        const losesAll = own.losesAll(id);
        expect(affected.map((one) => `${one.depth}:${one.id - base} ${one.loses}`)).toEqual(
          own
            .within(id, 'down', 25)
            .map((text) => `${text} ${losesAll.has(Number(text.split(':')[1])) ? 'all' : 'part'}`),
        );
        for (const one of affected) {
          const parents = own.neighbours(Number(one.id - base), 'up');
          expect(one.becomesRoot).toBe(parents.every((parent) => parent === id));
        }
        expect(childEdges).toBe(own.neighbours(id, 'down').length);
        expect(parentEdges).toBe(own.neighbours(id, 'up').length);
      }),
      { numRuns },
    );
  }, 120_000);
}

/** Two linked atoms, of which the first is the end of one more edge, from or to another tenant's atom. */
function oneForeignEdge(child: 1 | 2, parent: 1 | 2): ModelLineage {
  return {
    atoms: [
      { id: 1, tenant: 'own' },
      { id: 2, tenant: 'other' },
      { id: 3, tenant: 'own' },
    ],
    edges: [
      { id: 1, child, parent, type: 'DERIVED_FROM' },
      { id: 2, child: 3, parent: 1, type: 'MERGED_FROM' },
    ],
  };
}

function ascending(first: number, second: number): number {
  return first - second;
}

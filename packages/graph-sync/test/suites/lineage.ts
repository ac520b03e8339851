import { atom, atomProvenance } from '@hartonomous/provenance-schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGraphWriter, createLineageReader, type LineageReader } from '../../src/index.ts';
import { documentSet } from '../document-set.ts';
import type { Fixture } from '../fixture.ts';

/** Tests that want the whole graph to themselves, on a server that they share. */
export function lineageTests(start: () => Fixture): void {
  let fixture: Fixture;
  let reader: LineageReader;
  const tenantId = 3;

  beforeAll(async () => {
    fixture = start();
    await fixture.clear();
    reader = createLineageReader(fixture.graph, { timeoutMs: 120_000 });
  });

  /** Atoms of a tenant, and edges as `child>parent` or `child=>parent` for a merge. */
  async function draw(tenant: number, ids: readonly number[], ...arrows: readonly string[]): Promise<void> {
    await fixture.query('UNWIND $ids AS id MERGE (:Atom {id: id, tenantId: $tenant})', {
      ids: ids.map(BigInt),
      tenant: BigInt(tenant),
    });
    for (const arrow of arrows) {
      const [child, parent] = arrow.split(/=?>/).map(BigInt);
      const type = arrow.includes('=') ? 'MERGED_FROM' : 'DERIVED_FROM';
      await fixture.query(
        `MATCH (c:Atom {id: $child}), (p:Atom {id: $parent})
         CREATE (c)-[:${type} {id: $child * 1000 + $parent, sequenceNumber: 7, derivationType: 'test'}]->(p)`,
        { child, parent },
      );
    }
  }

  describe('another tenant’s atoms', () => {
    // 10 <- 11 <- 12 in the tenant; 90, 91 are another one's, with edges across that no sync would write.
    beforeAll(async () => {
      await draw(tenantId, [10, 11, 12, 13]);
      await draw(99, [90, 91]);
      await draw(tenantId, [], '11>10', '12>11', '12>90', '90>10', '91>12', '13=>91', '91=>13', '13=>12', '12=>90');
      await fixture.query('MATCH (a:Atom) WHERE a.id IN [12, 90] SET a.contentHash = "ab"');
    });
    const of = (atomId: bigint) => ({ tenantId, atomId });

    test('are never found, walked through or counted', async () => {
      expect(await reader.ancestors(of(12n))).toMatchObject({ total: 2, items: [{ id: 11n }, { id: 10n }] });
      expect(await reader.descendants(of(10n))).toMatchObject({
        total: 3,
        items: [{ id: 11n }, { id: 12n }, { id: 13n }],
      });
      expect(await reader.roots(of(12n))).toMatchObject({ total: 1, items: [{ id: 10n }] });
      expect(await reader.leaves(of(12n))).toMatchObject({ items: [{ id: 13n }] });
      const tree = await reader.tree(of(12n));
      expect(tree.edges.map(({ childId, parentId }) => `${childId}>${parentId}`).toSorted()).toEqual([
        '11>10',
        '12>11',
        '13>12',
      ]);
      expect(await reader.path({ ...of(12n), toAtomId: 10n })).toMatchObject({
        atoms: [{ id: 12n }, { id: 11n }, { id: 10n }],
      });
      expect(await reader.mergeSources(of(13n))).toMatchObject({ items: [{ atom: { id: 12n } }] });
      expect(await reader.mergeSources(of(12n))).toEqual({ items: [], next: null });
      expect(await reader.duplicates({ tenantId })).toEqual({ items: [], next: null });
      expect(await reader.duplicatesOf(of(12n))).toEqual({ items: [], next: null });
      expect(await reader.cycles({ tenantId })).toEqual({ items: [], edgesChecked: 0, next: null });
      expect(await reader.deletionImpact(of(11n))).toMatchObject({
        losesAll: 2,
        losesPart: 0,
        parentEdges: 1,
        childEdges: 1,
      });
      expect(await reader.statistics({ tenantId })).toMatchObject({
        atoms: 4,
        roots: 1,
        leaves: 1,
        edges: { DERIVED_FROM: 2, MERGED_FROM: 1 },
      });
    });

    test('are answered as those that there are not', async () => {
      const messageOf = async (atomId: bigint) => {
        const error = await reader.ancestors(of(atomId)).catch((caught: Error) => caught);
        expect(error).toMatchObject({ code: 'ATOM_NOT_FOUND', retryable: false });
        return String(error).replace(String(atomId), 'N');
      };
      expect(await messageOf(90n)).toBe(await messageOf(4_000n));
      const queries = [
        () => reader.tree(of(90n)),
        () => reader.leaves(of(90n)),
        () => reader.path({ ...of(12n), toAtomId: 90n }),
        () => reader.path({ ...of(90n), toAtomId: 90n }),
        () => reader.mergeSources(of(90n)),
        () => reader.duplicatesOf(of(90n)),
        () => reader.deletionImpact(of(90n)),
      ];
      for (const query of queries) await expect(query()).rejects.toMatchObject({ code: 'ATOM_NOT_FOUND' });
    });

    test('that are alone with a foreign edge are unlinked', async () => {
      await draw(tenantId, [20], '20>90');
      expect((await reader.orphans({ tenantId, kind: 'unlinked' })).items.map(({ id }) => id)).toEqual([20n]);
    });
  });

  test('atoms are shown with what the graph has of them, placeholders as such', async () => {
    await fixture.query(
      `CREATE (a:Atom {id: 30, tenantId: $tenant, atomType: 'text', contentType: 'text/plain', contentHash: 'ff',
         canonicalText: $text, createdAt: datetime('2026-01-02T03:04:05.678Z')}),
       (a)-[:DERIVED_FROM {id: 30}]->(:Atom {id: 31, tenantId: $tenant, placeholder: true})`,
      { tenant: BigInt(tenantId), text: 'x'.repeat(1000) },
    );
    expect((await reader.tree({ tenantId, atomId: 30n })).root).toEqual({
      ...{ id: 30n, atomType: 'text', contentType: 'text/plain', contentHash: 'ff', preview: 'x'.repeat(80) },
      ...{ createdAt: new Date('2026-01-02T03:04:05.678Z'), isPlaceholder: false, depth: 0 },
    });
    expect((await reader.ancestors({ tenantId, atomId: 30n })).items).toEqual([
      ...[{ id: 31n, atomType: null, contentType: null, contentHash: null, preview: null, createdAt: null }].map(
        (shown) => ({ ...shown, isPlaceholder: true, depth: 1 }),
      ),
    ]);
    expect((await reader.orphans({ tenantId, kind: 'placeholder' })).items.map(({ id }) => id)).toEqual([31n]);
  });

  test('what no sync writes is named, not passed on', async () => {
    await fixture.query('CREATE (:Atom {id: 40, tenantId: $tenant, atomType: 7})', { tenant: BigInt(tenantId) });
    await expect(reader.tree({ tenantId, atomId: 40n })).rejects.toMatchObject({
      code: 'UNEXPECTED_GRAPH_DATA',
      problems: [expect.stringContaining('atomType')],
    });
  });

  test('options out of their range are refused before anything is asked', async () => {
    const query = { tenantId, atomId: 10n };
    const wrong = [
      { ...query, depth: 0 },
      { ...query, depth: 1001 },
      { ...query, depth: 1.5 },
      { ...query, limit: 10_001 },
      { ...query, after: '1:2:3' },
      { ...query, after: '99999999999999999999:1' },
      { ...query, atomId: 2n ** 63n },
      { ...query, tenantId: 2 ** 31 },
      { ...query, depht: 3 },
    ];
    for (const options of wrong) {
      await expect(reader.ancestors(options), JSON.stringify(Object.values(options).map(String))).rejects.toMatchObject(
        {
          code: 'INVALID_OPTIONS',
        },
      );
    }
    await expect(reader.duplicates({ tenantId, after: "'" })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(() => createLineageReader(fixture.graph, { timeoutMs: 0 })).toThrow(/timeoutMs/);
  });

  test('2^200 paths through a ladder of diamonds are not walked', async () => {
    const rungs = 200;
    await fixture.query(
      `UNWIND range(0, $rungs) AS rung UNWIND [0, 1] AS side
       CREATE (:Atom {id: 100000 + rung * 2 + side, tenantId: 5, atomType: 'text'})`,
      { rungs: BigInt(rungs) },
    );
    await fixture.query(
      `UNWIND range(1, $rungs) AS rung UNWIND [0, 1] AS side UNWIND [0, 1] AS above
       MATCH (c:Atom {id: 100000 + rung * 2 + side, tenantId: 5}), (p:Atom {id: 100000 + (rung - 1) * 2 + above, tenantId: 5})
       CREATE (c)-[:DERIVED_FROM {id: 100000 + rung * 4 + side * 2 + above}]->(p)`,
      { rungs: BigInt(rungs) },
    );
    const last = { tenantId: 5, atomId: 100_000n + BigInt(rungs) * 2n };
    const first = { tenantId: 5, atomId: 100_000n };
    expect(await reader.ancestors({ ...last, depth: 1000 })).toMatchObject({ total: rungs * 2, truncated: false });
    expect(await reader.ancestors({ ...last, depth: 10 })).toMatchObject({ total: 20, truncated: true });
    expect(await reader.leaves({ ...first, depth: 1000 })).toMatchObject({ total: 2, truncated: false });
    expect(await reader.tree({ ...last, depth: 1000 })).toMatchObject({ truncated: false, cut: [] });
    expect(await reader.tree({ ...last, depth: 1000, maxAtoms: 4 })).toMatchObject({ truncated: true, cut: ['atoms'] });
    const path = await reader.path({ ...last, toAtomId: first.atomId, depth: 1000, direction: 'up' });
    expect(path.atoms).toHaveLength(rungs + 1);
    expect(await reader.path({ ...last, toAtomId: first.atomId, depth: 9 })).toMatchObject({
      found: false,
      truncated: true,
    });
    expect(await reader.deletionImpact({ ...first, depth: 1000 })).toMatchObject({ losesAll: 0, losesPart: rungs * 2 });
    expect(await reader.cycles({ tenantId: 5 })).toMatchObject({ items: [], edgesChecked: 0 });
  });

  test('a query that takes too long is ended by the server, and one that nobody wants any more by its signal', async () => {
    const hasty = createLineageReader(fixture.graph, { timeoutMs: 1 });
    const slow = { tenantId: 5, atomId: 100_400n, depth: 1000 };
    await expect(
      (async () => {
        // The server looks at the time now and then only.
        for (;;) await hasty.tree(slow);
      })(),
    ).rejects.toMatchObject({ code: 'LINEAGE_TIMEOUT', timeoutMs: 1 });
    const stop = new AbortController();
    const running = reader.statistics({ tenantId: 5, signal: stop.signal });
    stop.abort(new Error('not wanted any more'));
    await expect(running).rejects.toThrow('not wanted any more');
    await expect(reader.statistics({ tenantId: 5, signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow(
      'never',
    );
  });

  describe('a set of documents', () => {
    const set = documentSet({ atoms: 1500, levels: 12, tenantId: 7, firstId: 200_000n });
    beforeAll(async () => {
      await createGraphWriter(fixture.graph).apply(
        [
          { entity: atom, upserts: set.atoms, deletes: [] },
          { entity: atomProvenance, upserts: set.edges, deletes: [] },
        ],
        1n,
      );
    });

    test('has figures', async () => {
      const figures = await reader.statistics({ tenantId: 7 });
      expect(figures).toMatchObject({ atoms: 1500, placeholders: 0, roots: set.levels[0]!.length, unlinked: 0 });
      expect(Object.values(figures.edges).reduce((sum, count) => sum + count)).toBe(set.edges.length);
      expect(figures.oldest).toEqual(new Date('2026-01-01T00:00:00Z'));
    });

    test('has its duplicates by hash, page by page', async () => {
      const groups = [];
      for (let after: string | undefined; ; ) {
        const page = await reader.duplicates({ tenantId: 7, limit: 4, after });
        groups.push(...page.items);
        if (page.next === null) break;
        after = page.next;
      }
      expect(groups).toHaveLength(15);
      expect((await reader.statistics({ tenantId: 7 })).duplicates).toBe(30);
      for (const { count, atomIds } of groups) {
        expect(count).toBe(2);
        expect((await reader.duplicatesOf({ tenantId: 7, atomId: atomIds[0]! })).items).toMatchObject([
          { id: atomIds[1] },
        ]);
      }
    });

    test('has the sources of merges, page by page', async () => {
      const [merged] = await fixture.query(
        'MATCH (a:Atom {tenantId: 7})-[r:MERGED_FROM]->() WITH a, count(r) AS n WHERE n = 2 RETURN a.id AS id ORDER BY id LIMIT 1',
      );
      const of = { tenantId: 7, atomId: merged!.id as bigint };
      const both = await reader.mergeSources(of);
      expect(both).toMatchObject({ items: [{ edge: { type: 'MERGED_FROM', childId: of.atomId } }, {}], next: null });
      const first = await reader.mergeSources({ ...of, limit: 1 });
      const second = await reader.mergeSources({ ...of, limit: 1, after: first.next ?? '' });
      expect([...first.items, ...second.items]).toEqual(both.items);
      expect(second.next).toBeNull();
    });
  });

  test('an atom made from itself, and a cycle, are found page by page', async () => {
    await draw(8, [60, 61, 62, 63], '60>60', '61>62', '62>63', '63>61', '63>60');
    const found = [];
    for (let after: string | undefined; ; ) {
      const page = await reader.cycles({ tenantId: 8, limit: 1, after });
      found.push(...page.items.map(({ atomIds }) => atomIds.join('>')));
      if (page.next === null) break;
      after = page.next;
    }
    expect(found).toEqual(['60', '61>62>63', '61>62>63']);
    expect((await reader.cycles({ tenantId: 8 })).items.map(({ atomIds }) => atomIds.join('>'))).toEqual([
      '60',
      '61>62>63',
    ]);
  });

  test('the way back to where a search began is nothing deeper', async () => {
    await draw(9, [70, 71, 72], '70>71', '71>70');
    const query = { tenantId: 9, atomId: 70n, toAtomId: 72n, depth: 1 };
    for (const direction of ['up', 'down', 'any'] as const) {
      expect(await reader.path({ ...query, direction })).toMatchObject({ found: false, truncated: false });
    }
  });
}

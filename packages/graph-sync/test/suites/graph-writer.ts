import {
  atom,
  atomProvenance,
  bigintColumn,
  defineEntity,
  embeddingDimension,
  entities,
  type GraphRecord,
  graphSchema,
  inference,
  modelVersion,
  tenant,
  vectorColumn,
} from '@hartonomous/provenance-schema';
import neo4j from 'neo4j-driver';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGraphWriter, deployGraphSchema, type GraphWriter, verifyGraphSchema } from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { atomRecord, edgeRecord, inferenceRecord, tenantRecord, versionRecord } from '../samples.ts';

/** Tests that want the whole graph to themselves, on a server that they share. */
export function graphWriterTests(start: () => Fixture): void {
  let fixture: Fixture;

  let writer: GraphWriter;
  beforeAll(async () => {
    fixture = start();
    writer = createGraphWriter(fixture.graph);
  });
  beforeEach(() => fixture.clear());

  const upsertAtoms = (...upserts: ReturnType<typeof atomRecord>[]) => ({ entity: atom, upserts, deletes: [] });
  const upsertEdges = (...upserts: ReturnType<typeof edgeRecord>[]) => ({
    entity: atomProvenance,
    upserts,
    deletes: [],
  });
  const deleteAtoms = (...ids: bigint[]) => ({
    entity: atom,
    upserts: [],
    deletes: ids.map((entityId) => ({ entityId, tenantId: 0 })),
  });
  const deleteEdges = (...ids: bigint[]) => ({ ...deleteAtoms(...ids), entity: atomProvenance });

  /** Atoms as `id:text`, placeholders as `id?`. */
  async function atoms(): Promise<string[]> {
    const rows = await fixture.query(
      'MATCH (a:Atom) RETURN a.id AS id, a.canonicalText AS text, a.placeholder AS p ORDER BY id',
    );
    return rows.map(({ id, text, p }) => (p === true ? `${id}?` : `${id}:${text}`));
  }

  /** Edges between atoms as `child TYPE parent`. */
  async function edges(): Promise<string[]> {
    const rows = await fixture.query(
      'MATCH (a:Atom)-[r]->(b:Atom) RETURN a.id AS a, type(r) AS type, b.id AS b ORDER BY a, b',
    );
    return rows.map(({ a, type, b }) => `${a} ${type} ${b}`);
  }

  describe('nodes', () => {
    test('carry key, properties, the fencing number and the edge to their tenant', async () => {
      const result = await writer.apply(
        [upsertAtoms(atomRecord(1n, 'hello')), { entity: tenant, upserts: [tenantRecord(0, 'home')], deletes: [] }],
        7n,
      );
      expect(result).toMatchObject({ written: 2, deleted: 0, stale: 0 });
      const [row] = await fixture.query(
        'MATCH (a:Atom)-[r:BELONGS_TO_TENANT]->(t:Tenant) RETURN properties(a) AS atom, r.syncSequence AS edge, t.name AS tenant, t.placeholder AS p',
      );
      expect(row).toEqual({
        atom: {
          id: 1n,
          tenantId: 0n,
          atomType: 'text',
          contentType: 'text/plain',
          contentHash: 'dead',
          canonicalText: 'hello',
          createdAt: expect.any(neo4j.types.DateTime),
          syncSequence: 7n,
        },
        edge: 7n,
        tenant: 'home',
        p: null,
      });
      const [time] = await fixture.query('MATCH (a:Atom) RETURN toString(a.createdAt) AS at');
      expect(time?.at).toBe('2026-01-02T03:04:05.678Z');
    });

    test('written again are the same; a value that became NULL goes', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n, 'old'))], 1n);
      await writer.apply([upsertAtoms(atomRecord(1n, 'old'))], 1n);
      expect(await atoms()).toEqual(['1:old']);
      await writer.apply([upsertAtoms(atomRecord(1n, null))], 2n);
      expect(await atoms()).toEqual(['1:null']);
    });

    test('are left alone by a batch with a smaller number, which learns of it', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n, 'new'))], 5n);
      const late = await writer.apply([upsertAtoms(atomRecord(1n, 'old'), atomRecord(2n, 'two'))], 4n);
      expect(await atoms()).toEqual(['1:new', '2:two']);
      expect(late.outcomes).toEqual([{ entity: atom, written: [2n], deleted: [], stale: [1n] }]);
      expect(await writer.apply([deleteAtoms(1n)], 4n)).toMatchObject({ deleted: 0, stale: 1 });
      expect(await atoms()).toEqual(['1:new', '2:two']);
    });

    test('deleted stay away from late writers, and can be created anew by later ones', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n, 'first'))], 1n);
      expect(await writer.apply([deleteAtoms(1n, 2n)], 3n)).toMatchObject({ deleted: 2 });
      expect(await writer.apply([upsertAtoms(atomRecord(1n, 'late'), atomRecord(2n, 'late'))], 2n)).toMatchObject({
        written: 0,
        stale: 2,
      });
      expect(await atoms()).toEqual([]);
      await writer.apply([upsertAtoms(atomRecord(1n, 'anew'))], 4n);
      expect(await atoms()).toEqual(['1:anew']);
    });

    test('that were deleted take an unneeded placeholder of a tenant along', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n))], 1n);
      expect(await fixture.query('MATCH (t:Tenant) RETURN t.placeholder AS p')).toEqual([{ p: true }]);
      await writer.apply([deleteAtoms(1n)], 2n);
      expect(await fixture.query('MATCH (t:Tenant) RETURN t')).toEqual([]);
    });

    test('deleted while an edge still ends there become placeholders until it goes', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n), atomRecord(2n)), upsertEdges(edgeRecord(9n, 1n, 2n))], 1n);
      await writer.apply([deleteAtoms(2n)], 2n);
      expect(await atoms()).toEqual(['1:null', '2?']);
      await writer.apply([deleteEdges(9n)], 3n);
      expect(await atoms()).toEqual(['1:null']);
    });
  });

  describe('edges', () => {
    test('create missing ends as placeholders, which their own sync fills in', async () => {
      await writer.apply([upsertEdges(edgeRecord(9n, 1n, 2n))], 5n);
      expect(await atoms()).toEqual(['1?', '2?']);
      await writer.apply([upsertAtoms(atomRecord(1n, 'one'))], 3n);
      expect(await atoms()).toEqual(['1:one', '2?']);
      expect(await edges()).toEqual(['1 DERIVED_FROM 2']);
    });

    test('move when an end or the type of their row changes, and tidy the ends that they leave', async () => {
      await writer.apply([upsertEdges(edgeRecord(9n, 1n, 2n))], 1n);
      await writer.apply([upsertEdges(edgeRecord(9n, 1n, 3n))], 2n);
      expect(await edges()).toEqual(['1 DERIVED_FROM 3']);
      expect(await atoms()).toEqual(['1?', '3?']);
      await writer.apply([upsertEdges(edgeRecord(9n, 1n, 3n, 'MERGED_FROM'))], 3n);
      expect(await edges()).toEqual(['1 MERGED_FROM 3']);
      await writer.apply([upsertEdges(edgeRecord(9n, 1n, 2n))], 2n);
      expect(await edges()).toEqual(['1 MERGED_FROM 3']);
    });

    test('of two rows between the same atoms are two', async () => {
      await writer.apply([upsertEdges(edgeRecord(8n, 1n, 2n), edgeRecord(9n, 1n, 2n))], 1n);
      await writer.apply([deleteEdges(8n)], 2n);
      expect(await edges()).toEqual(['1 DERIVED_FROM 2']);
    });

    test('deleted stay away from late writers, which leave no placeholder either', async () => {
      await writer.apply([deleteEdges(9n)], 3n);
      expect(await writer.apply([upsertEdges(edgeRecord(9n, 1n, 2n))], 2n)).toMatchObject({ stale: 1 });
      expect(await atoms()).toEqual([]);
    });
  });

  describe('a row that moved to another tenant', () => {
    const tenants = async () =>
      (
        await fixture.query(
          'MATCH (a:Atom)-[:BELONGS_TO_TENANT]->(t) RETURN a.id AS id, a.tenantId AS own, t.tenantId AS t ORDER BY id, own',
        )
      ).map(({ id, own, t }) => `${id}: ${own} ${t}`);

    test('leaves no node behind, whichever tenant the message names', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n, 'x', 0), atomRecord(2n, 'y', 0))], 1n);
      await writer.apply([upsertAtoms(atomRecord(1n, 'x', 9), atomRecord(3n, 'z', 0))], 2n);
      expect(await tenants()).toEqual(['1: 9 9', '2: 0 0', '3: 0 0']);
      const named = await writer.apply([upsertAtoms(atomRecord(2n, 'y', 9)), deleteAtoms(2n)], 3n);
      expect(named.outcomes).toEqual([{ entity: atom, written: [2n], deleted: [2n], stale: [] }]);
      expect(await tenants()).toEqual(['1: 9 9', '2: 9 9', '3: 0 0']);
      expect(await atoms()).toEqual(['1:x', '2:y', '3:z']);
    });

    test('is not written in its old tenant by a batch that read it before', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n, 'moved', 9))], 5n);
      expect(await writer.apply([upsertAtoms(atomRecord(1n, 'before', 0))], 4n)).toMatchObject({
        written: 0,
        stale: 1,
      });
      expect(await tenants()).toEqual(['1: 9 9']);
    });

    test('goes from the tenant that it is in when deleted, and stays away from every other', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n, 'x', 9))], 1n);
      expect(await writer.apply([deleteAtoms(1n)], 3n)).toMatchObject({ deleted: 1 });
      expect(await atoms()).toEqual([]);
      expect(await writer.apply([upsertAtoms(atomRecord(1n, 'late', 5))], 2n)).toMatchObject({ stale: 1 });
      expect(await atoms()).toEqual([]);
    });

    test('leaves a placeholder while an edge ends at its old node', async () => {
      await writer.apply([upsertAtoms(atomRecord(1n, 'x', 0)), upsertEdges(edgeRecord(9n, 2n, 1n))], 1n);
      await writer.apply([upsertAtoms(atomRecord(1n, 'x', 9))], 2n);
      expect((await atoms()).toSorted()).toEqual(['1:x', '1?', '2?']);
      await writer.apply([upsertAtoms(atomRecord(1n, 'back', 0))], 3n);
      expect(await atoms()).toEqual(['1:back', '2?']);
    });
  });

  describe('values that no two nodes may have', () => {
    const apply = (sequence: bigint, ...upserts: GraphRecord[]) =>
      writer.apply([{ entity: modelVersion, upserts, deletes: [] }], sequence);
    const versions = async () =>
      (
        await fixture.query('MATCH (v:ModelVersion) RETURN v.modelVersionId AS id, v.version AS version ORDER BY id')
      ).map(({ id, version }) => `${id}: ${version}`);

    test('can change places in one batch, and go to a new row before the old one is deleted', async () => {
      await apply(1n, versionRecord(1n, 'a'), versionRecord(2n, 'b'));
      expect(await apply(2n, versionRecord(1n, 'b'), versionRecord(2n, 'a'))).toMatchObject({ written: 2, stale: 0 });
      expect(await versions()).toEqual(['1: b', '2: a']);
      await apply(3n, versionRecord(3n, 'a'));
      expect(await versions()).toEqual(['1: b', '2: null', '3: a']);
      await writer.apply([{ entity: modelVersion, upserts: [], deletes: [{ entityId: 2n, tenantId: 0 }] }], 4n);
      expect(await versions()).toEqual(['1: b', '3: a']);
    });

    test('stay with the node of a later batch', async () => {
      await apply(5n, versionRecord(1n, 'a'));
      const late = await apply(4n, versionRecord(2n, 'a'), versionRecord(3n, 'b'));
      expect(late.outcomes).toEqual([{ entity: modelVersion, written: [3n], deleted: [], stale: [2n] }]);
      expect(await versions()).toEqual(['1: a', '3: b']);
    });

    test('go to one of two rows that had them while the table changed under the read', async () => {
      expect(await apply(1n, versionRecord(1n, 'a'), versionRecord(2n, 'a'), versionRecord(3n, 'b'))).toMatchObject({
        written: 3,
      });
      expect(await versions()).toEqual(['1: null', '2: a', '3: b']);
      await apply(2n, versionRecord(1n, 'a'), versionRecord(2n, 'c'));
      expect(await versions()).toEqual(['1: a', '2: c', '3: b']);
    });

    test('of different models are different', async () => {
      await apply(1n, versionRecord(1n, 'a', 1), versionRecord(2n, 'a', 2));
      expect(await versions()).toEqual(['1: a', '2: a']);
    });
  });

  describe('a node whose key has no tenant', () => {
    const apply = (sequence: bigint, ...upserts: GraphRecord[]) =>
      writer.apply([{ entity: inference, upserts, deletes: [] }], sequence);
    const ends = async () =>
      (
        await fixture.query(
          `MATCH (i:Inference)-[r]-(e) RETURN i.inferenceId AS id, type(r) AS type,
             toString(coalesce(e.modelVersionId, e.userId, e.type, e.id, e.tenantId)) AS end ORDER BY id, type`,
        )
      ).map(({ id, type, end }) => `${id} ${type} ${end}`);

    test('moves to another tenant with its edges', async () => {
      await apply(1n, inferenceRecord(1n, { UserId: '7', InputAtomId: '8' }));
      await apply(2n, inferenceRecord(1n, { UserId: '7', InputAtomId: '8', TenantId: 9 }));
      expect(await ends()).toEqual(['1 BELONGS_TO_TENANT 9', '1 INPUT_ATOM 8', '1 PERFORMED_BY 7']);
      expect(await fixture.query('MATCH (n) WHERE n.tenantId = 0 RETURN labels(n) AS l')).toEqual([]);
    });

    test('has an optional edge only while its row names an end', async () => {
      await apply(1n, inferenceRecord(1n), inferenceRecord(2n, { ModelVersionId: '5', ReasoningMode: 'hybrid' }));
      expect(await ends()).toEqual([
        '1 BELONGS_TO_TENANT 0',
        '2 BELONGS_TO_TENANT 0',
        '2 USED_MODEL 5',
        '2 USED_REASONING hybrid',
      ]);
      await apply(2n, inferenceRecord(1n, { ModelVersionId: '5' }), inferenceRecord(2n));
      expect(await ends()).toEqual(['1 BELONGS_TO_TENANT 0', '1 USED_MODEL 5', '2 BELONGS_TO_TENANT 0']);
      expect(await fixture.query('MATCH (m:ReasoningMode) RETURN m')).toEqual([]);
    });

    test('loses an edge that its row no longer names, while another node gets one back', async () => {
      await apply(1n, inferenceRecord(1n, { ModelVersionId: '5' }), inferenceRecord(2n, { ModelVersionId: '5' }));
      await fixture.query('MATCH (:Inference {inferenceId: 2})-[r:USED_MODEL]->() DELETE r');
      await apply(2n, inferenceRecord(1n), inferenceRecord(2n, { ModelVersionId: '5' }));
      expect(await ends()).toEqual(['1 BELONGS_TO_TENANT 0', '2 BELONGS_TO_TENANT 0', '2 USED_MODEL 5']);
    });

    test('keeps a reference node that the schema has, once it has it', async () => {
      await apply(1n, inferenceRecord(1n, { ReasoningMode: 'hybrid' }));
      expect((await verifyGraphSchema(fixture.graph, graphSchema)).referenceNodes.found).toBe(0);
      await deployGraphSchema(fixture.graph, { schema: graphSchema, backupFile: null });
      await apply(2n, inferenceRecord(1n));
      expect((await verifyGraphSchema(fixture.graph, graphSchema)).referenceNodes.found).toBe(15);
    });
  });

  test('a list of numbers is a list of floats, as a vector index takes it', async () => {
    const embedding = Array.from({ length: embeddingDimension }, (_, n) => n / 2);
    const record = atomRecord(1n);
    // What the writer has made of an entity goes by its objects.
    const entity = defineEntity({
      ...atom,
      graph: { ...atom.graph },
      columns: {
        ...atom.columns,
        Embedding: vectorColumn(embeddingDimension, { property: 'embedding', nullable: true }),
      },
    });
    const upserts = [{ ...record, properties: { ...record.properties, embedding } }];
    await writer.apply([{ entity, upserts, deletes: [] }], 1n);
    const [row] = await fixture.query('MATCH (a:Atom) RETURN a.embedding AS embedding, valueType(a.embedding) AS type');
    expect(row?.embedding).toEqual(embedding);
    expect(row?.type).toMatch(/^LIST<FLOAT NOT NULL>/);
  });

  test('of a chain whose edges are of two rows each, those go that no row names', async () => {
    const end = <Column extends string>(column: Column) => ({
      label: 'Atom',
      key: [
        { property: 'id', column },
        { property: 'tenantId', column: 'TenantId' as const },
      ],
    });
    const entity = defineEntity({
      ...atom,
      graph: { ...atom.graph },
      columns: {
        ...atom.columns,
        NextAtomId: bigintColumn({ nullable: true }),
        PreviousAtomId: bigintColumn({ nullable: true }),
      },
      edges: [
        ...atom.edges,
        { type: 'NEXT', direction: 'out', end: end('NextAtomId') },
        { type: 'NEXT', direction: 'in', end: end('PreviousAtomId') },
      ],
    });
    const link = (id: bigint, next: bigint | null, previous: bigint | null): GraphRecord => {
      const record = atomRecord(id);
      if (record.kind !== 'node') throw new TypeError('An atom is a node.');
      const key = (of: bigint | null) => (of === null ? null : { id: of, tenantId: 0n });
      return { ...record, edgeEnds: [...record.edgeEnds, key(next), key(previous)] };
    };
    await writer.apply([{ entity, upserts: [link(1n, 3n, null), link(2n, null, null)], deletes: [] }], 1n);
    expect(await edges()).toEqual(['1 NEXT 3']);
    await writer.apply([{ entity, upserts: [link(1n, 2n, null), link(2n, null, 1n)], deletes: [] }], 2n);
    expect(await edges()).toEqual(['1 NEXT 2']);
  });

  test('an atom that changes its tenant key column has one edge per tenant node only', async () => {
    await writer.apply([upsertAtoms(atomRecord(1n, 'x', 0))], 1n);
    await fixture.query(
      'MATCH (a:Atom)-[r:BELONGS_TO_TENANT]->(t) DELETE r, t CREATE (a)-[:BELONGS_TO_TENANT]->(:Tenant {tenantId: 9, placeholder: true})',
    );
    await writer.apply([upsertAtoms(atomRecord(1n, 'x', 0))], 2n);
    expect(await fixture.query('MATCH (:Atom)-[:BELONGS_TO_TENANT]->(t) RETURN t.tenantId AS t')).toEqual([{ t: 0n }]);
    expect(await fixture.query('MATCH (t:Tenant {tenantId: 9}) RETURN t')).toEqual([]);
  });

  test('tombstones are purged by age', async () => {
    await writer.apply([deleteAtoms(1n, 2n, 3n)], 1n);
    expect(await writer.purgeTombstones()).toBe(0);
    await fixture.query(
      'MATCH (t:SyncTombstone) WHERE t.key <> "Atom/1" SET t.deletedAt = datetime() - duration("PT2H")',
    );
    expect(await writer.purgeTombstones()).toBe(2);
  });

  test('statements are cut to the size asked for', async () => {
    const small = createGraphWriter(fixture.graph, { rowsPerStatement: 3 });
    const records = Array.from({ length: 10 }, (_, n) => atomRecord(n + 1));
    expect(await small.apply([upsertAtoms(...records)], 1n)).toMatchObject({ written: 10 });
    expect(await small.apply([upsertAtoms(...records)], 0n)).toMatchObject({ stale: 10 });
  });

  test('a row that is named twice in a batch is written once', async () => {
    const result = await writer.apply([upsertEdges(edgeRecord(9n, 1n, 2n), edgeRecord(9n, 1n, 3n))], 1n);
    expect(result).toMatchObject({ written: 1 });
    expect(await edges()).toEqual(['1 DERIVED_FROM 3']);
  });

  test('an aborted apply changes nothing', async () => {
    const abort = new AbortController();
    const waiting = fixture.graph.driver.session();
    const holder = await waiting.beginTransaction();
    await holder.run("MERGE (lock:SyncLock {name: 'graph-sync'}) SET lock.takenAt = datetime()");
    const applying = writer.apply([upsertAtoms(atomRecord(1n))], 1n, { signal: abort.signal });
    abort.abort(new Error('stop now'));
    await expect(applying).rejects.toThrow('stop now');
    await holder.rollback();
    await waiting.close();
    expect(await atoms()).toEqual([]);
  });

  test('an old writer racing a deleter never brings the atom back', async () => {
    const others = createGraphWriter(fixture.graph);
    for (let round = 0; round < 24; round += 1) {
      const id = BigInt(1000 + round);
      if (round % 2 === 0) await writer.apply([upsertAtoms(atomRecord(id, 'first'))], 1n);
      const race = [
        () => writer.apply([upsertAtoms(atomRecord(id, 'late')), upsertEdges(edgeRecord(id, id, 1n))], 2n),
        () => others.apply([deleteAtoms(id), deleteEdges(id)], 3n),
      ];
      await Promise.all((round % 4 < 2 ? race : race.toReversed()).map((start) => start()));
    }
    expect(await atoms()).toEqual([]);
    expect(await edges()).toEqual([]);
  }, 60_000);

  test('every statement finds its nodes and edges by an index', async () => {
    const { statementsOf } = await import('../../src/statements.ts');
    // A young graph is what misleads the planner.
    const some = Array.from({ length: 500 }, (_, n) => atomRecord(n + 1));
    await writer.apply([upsertAtoms(...some), upsertEdges(edgeRecord(9n, 1n, 2n))], 1n);
    const texts = entities.flatMap((entity) => textsIn(statementsOf(entity)));
    await using session = fixture.graph.driver.session();
    for (const text of texts.filter((part) => part.startsWith('UNWIND'))) {
      const { summary } = await session.run(`EXPLAIN ${text}`, { rows: [], sequence: 1n });
      // Looking an atom up by its tenant walks through all of the tenant's atoms: a scan by another name.
      const scans = operators(summary.plan).filter((name) => /Scan|:(?!Tenant\b)\w+\(tenantId\)/.test(name));
      expect({ text, scans }).toEqual({ text, scans: [] });
    }
    const { reconcileStatements } = await import('../../src/reconcile-statements.ts');
    for (const text of entities.flatMap((entity) => Object.values(reconcileStatements(entity)))) {
      const { summary } = await session.run(`EXPLAIN ${text}`, { after: 0n, to: 9n, size: 9n });
      const scans = operators(summary.plan).filter((name) => name.includes('Scan'));
      expect({ text, scans }).toEqual({ text, scans: [] });
    }
  }, 120_000);

  function textsIn(part: unknown): string[] {
    if (typeof part === 'string') return [part];
    // Statements for rows without any edge and for rows with all of them.
    if (typeof part === 'function') return ['create', 'merge'].flatMap((how) => [part(how, 0), part(how, -1)]);
    if (typeof part !== 'object' || part === null) return [];
    return [...(part instanceof Map ? part.values() : Object.values(part))].flatMap(textsIn);
  }

  interface PlanPart {
    readonly operatorType: string;
    readonly arguments: Readonly<Record<string, unknown>>;
    readonly children: readonly PlanPart[];
  }

  function operators(plan: PlanPart | false): string[] {
    if (plan === false) return [];
    return [`${plan.operatorType} ${plan.arguments.Details}`, ...plan.children.flatMap(operators)];
  }
}

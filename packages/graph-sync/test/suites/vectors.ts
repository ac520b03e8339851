import {
  type AtomVector,
  type AtomVectorModel,
  atom,
  decodeVector,
  encodeVector,
  graphSchema,
  modelEmbeddingIndex,
} from '@hartonomous/provenance-schema';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type ComparedVector,
  compareVectorIndexes,
  createGraphWriter,
  createVectorIndexes,
  deployGraphSchema,
  dropVectorIndex,
  type GraphWriter,
  hybridAtoms,
  type IdRange,
  readEmbeddingModels,
  readLegacyEmbeddings,
  reconcileVectors,
  removeLegacyEmbeddings,
  similarAtoms,
  type VectorSource,
  type VectorSummary,
  vectorChecksum,
  verifyGraphSchema,
} from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { atomRecord } from '../samples.ts';

const model = (key: string, more: Partial<AtomVectorModel> = {}): AtomVectorModel => ({
  ...{ key, name: key.replaceAll('_', '-'), version: '1', dimension: 3, isInGraph: true, isRead: false },
  ...more,
});
const createdAt = new Date('2026-02-03T04:05:06.789Z');
const vector = (id: bigint, numbers: readonly number[], more: Partial<AtomVector> = {}): AtomVector => ({
  ...{ atomId: id, modelKey: 'one', vector: encodeVector(numbers), jobId: id * 10n, createdAt },
  ...more,
});

/** Vectors of atoms: written, fenced, compared, searched. On whole graphs. */
export function vectorTests(start: () => Fixture): void {
  let fixture: Fixture;
  let writer: GraphWriter;
  beforeAll(() => {
    fixture = start();
    writer = createGraphWriter(fixture.graph);
  });
  beforeEach(() => fixture.clear());

  interface State {
    readonly ids: readonly bigint[];
    readonly vectors?: readonly AtomVector[];
    readonly models?: readonly AtomVectorModel[];
    readonly tenantId?: number;
    readonly text?: (id: bigint) => string;
  }
  const write = (
    sequence: bigint,
    { ids, vectors = [], models = [model('one')], tenantId = 0, text = (id) => `text ${id}` }: State,
  ) =>
    writer.apply(
      [
        {
          entity: atom,
          upserts: ids.map((id) => atomRecord(id, text(id), tenantId)),
          deletes: [],
          vectors: { models, vectors },
        },
      ],
      sequence,
    );
  const remove = (sequence: bigint, id: bigint) =>
    writer.apply([{ entity: atom, upserts: [], deletes: [{ entityId: id, tenantId: 0 }] }], sequence);
  /** `id key job: numbers`, by property and edge. */
  const found = async () => {
    const rows = await fixture.query(
      `MATCH (a:Atom) UNWIND [k IN keys(a) WHERE k STARTS WITH 'embedding_'] AS name
       OPTIONAL MATCH (a)-[r:EMBEDDED_BY]->(m:EmbeddingModel) WHERE 'embedding_' + m.modelKey = name
       RETURN a.id AS id, substring(name, 10) AS key, r.jobId AS job, a[name] AS numbers ORDER BY id, key`,
    );
    return rows.map(({ id, key, job, numbers }) => `${id} ${key} ${job}: ${numbers}`);
  };
  const edges = async () => {
    const [row] = await fixture.query('MATCH ()-[r:EMBEDDED_BY]->() RETURN count(r) AS n');
    return row?.n;
  };

  describe('writing', () => {
    test('a vector is a property of its model, with an edge that says where it came from', async () => {
      const models = [model('one', { isRead: true, version: '2' }), model('two_2', { dimension: 2 })];
      const numbers = [0.1, -0.25, 1e-8];
      await write(5n, {
        ids: [1n, 2n],
        models,
        vectors: [vector(1n, numbers), vector(1n, [1, 0], { modelKey: 'two_2', jobId: null })],
      });
      expect(await found()).toEqual([`1 one 10: ${decodeVector(encodeVector(numbers))}`, '1 two_2 null: 1,0']);
      expect(
        await fixture.query(
          'MATCH (:Atom {id: 1})-[r:EMBEDDED_BY]->(m {modelKey: "one"}) RETURN properties(m) AS m, r.syncSequence AS n, r.createdAt.epochMillis AS t',
        ),
      ).toEqual([
        {
          m: { modelKey: 'one', name: 'one', version: '2', dimension: 3n, isRead: true, syncSequence: 5n },
          n: 5n,
          t: BigInt(createdAt.getTime()),
        },
      ]);
      expect((await readEmbeddingModels(fixture.graph)).map(({ key, isRead }) => [key, isRead])).toEqual([
        ['one', true],
        ['two_2', false],
      ]);
    });

    test('a later batch replaces and removes them, an earlier one changes nothing', async () => {
      await write(5n, { ids: [1n, 2n], vectors: [vector(1n, [1, 0, 0]), vector(2n, [0, 1, 0])] });
      expect(await write(4n, { ids: [1n, 2n] })).toMatchObject({ stale: 2 });
      await write(4n, { ids: [1n], vectors: [vector(1n, [9, 9, 9], { jobId: 9n })] });
      expect(await found()).toEqual(['1 one 10: 1,0,0', '2 one 20: 0,1,0']);
      await write(6n, { ids: [1n, 2n], vectors: [vector(1n, [0, 0, 1], { jobId: 11n })] });
      expect(await found()).toEqual(['1 one 11: 0,0,1']);
      expect(await edges()).toBe(1n);
      // The model was disabled: SQL has it, and the graph isn't to have its vectors.
      await write(7n, { ids: [1n, 2n], models: [model('one', { isInGraph: false })] });
      expect([await found(), await edges()]).toEqual([[], 0n]);
    });

    test('what was left of models that SQL does not have goes too, by its edge and by its property', async () => {
      await write(5n, { ids: [1n, 2n], vectors: [vector(1n, [1, 0, 0]), vector(2n, [1, 0, 0])] });
      await write(6n, { ids: [1n], models: [] });
      await fixture.query('MATCH (a:Atom {id: 2})-[r:EMBEDDED_BY]->() DELETE r SET a.embedding_other = [1.0]');
      expect(await found()).toEqual(['2 one null: 1,0,0', '2 other null: 1']);
      await write(7n, { ids: [2n], models: [model('two')] });
      expect([await found(), await edges()]).toEqual([[], 0n]);
    });

    test('who does not know of vectors leaves them', async () => {
      await write(5n, { ids: [1n], vectors: [vector(1n, [1, 0, 0])] });
      await writer.apply([{ entity: atom, upserts: [atomRecord(1n, 'new')], deletes: [] }], 6n);
      expect(await found()).toEqual(['1 one 10: 1,0,0']);
    });

    test('an atom that goes, or moves to another tenant, leaves none behind', async () => {
      await write(5n, { ids: [1n, 2n, 3n], vectors: [1n, 2n, 3n].map((id) => vector(id, [1, 0, 0])) });
      await remove(6n, 1n);
      await write(7n, { ids: [2n], tenantId: 4, vectors: [vector(2n, [0, 1, 0])] });
      // Something else needs its node, which becomes a placeholder.
      await fixture.query('MATCH (a:Atom {id: 3}) CREATE (a)-[:DERIVED_FROM {id: 1}]->(:Atom {id: 9, tenantId: 0})');
      await remove(8n, 3n);
      expect(await found()).toEqual(['2 one 20: 0,1,0']);
      expect(await edges()).toBe(1n);
      expect(
        await fixture.query('MATCH (a:Atom) RETURN a.id AS id, a.tenantId AS t, a.placeholder AS p ORDER BY id'),
      ).toEqual([
        { id: 2n, t: 4n, p: null },
        { id: 3n, t: 0n, p: true },
        { id: 9n, t: 0n, p: null },
      ]);
    });

    test('many vectors of many numbers go in several statements; again they change nothing', async () => {
      const ids = Array.from({ length: 150 }, (_, n) => BigInt(n + 1));
      const long = ids.map((id) =>
        vector(
          id,
          Array.from({ length: 3072 }, (_, n) => Math.fround(Number(id) / (n + 1))),
        ),
      );
      const models = [model('one', { dimension: 3072 })];
      await write(5n, { ids, models, vectors: long });
      await write(6n, { ids, models, vectors: long });
      const [row] = await fixture.query(
        'MATCH (a:Atom)-[r:EMBEDDED_BY]->() RETURN count(*) AS n, min(size(a.embedding_one)) AS size, min(r.syncSequence) AS s',
      );
      expect(row).toEqual({ n: 150n, size: 3072n, s: 6n });
    });
  });

  describe('comparing', () => {
    const checksum = (id: bigint, value: bigint | null) =>
      ((id % BigInt(vectorChecksum.weights)) + 1n) *
      (value === null ? BigInt(vectorChecksum.null) : value % BigInt(vectorChecksum.modulus));
    /** As operations read it from SQL. */
    function sourceOf(vectors: readonly AtomVector[]): VectorSource {
      const sorted = vectors.toSorted((a, b) => Number(a.atomId - b.atomId));
      const within = ({ after, to }: IdRange) => sorted.filter(({ atomId }) => atomId > after && atomId <= to);
      return {
        upperBound: async (after, size) => sorted.filter(({ atomId }) => atomId > after)[size - 1]?.atomId ?? null,
        summaries: async (range) => {
          const byModel = new Map<string, VectorSummary>();
          for (const { atomId, modelKey, jobId, createdAt: time, vector: bytes } of within(range)) {
            const known = byModel.get(modelKey) ?? { rows: 0n, jobs: 0n, times: 0n, sizes: 0n };
            byModel.set(modelKey, {
              rows: known.rows + 1n,
              jobs: known.jobs + checksum(atomId, jobId),
              times: known.times + checksum(atomId, BigInt(time.getTime())),
              sizes: known.sizes + checksum(atomId, BigInt(bytes.byteLength / 4)),
            });
          }
          return byModel;
        },
        vectors: async (range, withNumbers) =>
          within(range).map(({ vector: bytes, ...row }): ComparedVector => {
            return { ...row, tenantId: 0, size: bytes.byteLength / 4, vector: withNumbers ? bytes : undefined };
          }),
      };
    }
    const drift = async (vectors: readonly AtomVector[], options = {}) => {
      const lines: string[] = [];
      for await (const report of reconcileVectors(fixture.graph, sourceOf(vectors), { rangeRows: 2, ...options })) {
        for (const { entityId, kind, details } of report.drift) lines.push(`${entityId} ${kind} ${details.join(', ')}`);
      }
      return lines;
    };
    const all = [1n, 2n, 3n, 4n, 5n].map((id) => vector(id, [Number(id), 0, 0]));
    beforeEach(() => write(5n, { ids: [1n, 2n, 3n, 4n, 5n, 6n], vectors: all }));

    test('nothing differs', async () => {
      expect(await drift(all)).toEqual([]);
      expect(await drift(all, { deep: true })).toEqual([]);
    });

    test('missing and extra vectors, other jobs and times, halves of vectors', async () => {
      const [one, two, three, ...more] = all;
      const changed = [one!, { ...two!, jobId: 77n }, { ...three!, createdAt: new Date(0) }, ...more.slice(0, 1)];
      const six = vector(6n, [1, 1, 1], { modelKey: 'two' });
      await fixture.query('MATCH (:Atom {id: 4})-[r:EMBEDDED_BY]->() DELETE r');
      await fixture.query('MATCH (a:Atom {id: 1}) REMOVE a.embedding_one');
      expect((await drift([...changed, six])).toSorted()).toEqual([
        '1 different vector of one',
        '2 different jobId of one',
        '3 different createdAt of one',
        '4 different edge of one',
        '5 extra one',
        '6 missing two',
      ]);
    });

    test('other numbers are found with deep, and written again', async () => {
      await fixture.query('MATCH (a:Atom {id: 3}) SET a.embedding_one = [3.0, 0.0, 0.5]');
      expect(await drift(all)).toEqual([]);
      expect(await drift(all, { deep: true })).toEqual(['3 different numbers of one']);
      await write(6n, { ids: [3n], vectors: all.slice(2, 3) });
      expect(await drift(all, { deep: true })).toEqual([]);
    });
  });

  describe('searching', () => {
    const index = modelEmbeddingIndex('one', 3);
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180), 0];

    test('the index is made with its settings, is not part of the schema, and is found again', async () => {
      await dropVectorIndex(fixture.graph, index);
      expect((await compareVectorIndexes(fixture.graph, [index])).items).toMatchObject([{ state: 'missing' }]);
      const { created, items } = await createVectorIndexes(fixture.graph, [index]);
      expect(created).toEqual(['atom_embedding_one']);
      expect(items).toMatchObject([{ name: 'atom_embedding_one', state: 'found', detail: null }]);
      expect(await createVectorIndexes(fixture.graph, [index])).toMatchObject({ created: [], others: [] });
      expect(await compareVectorIndexes(fixture.graph, [])).toMatchObject({ others: ['atom_embedding_one'] });
      await deployGraphSchema(fixture.graph, { schema: graphSchema, backupFile: null });
      const report = await verifyGraphSchema(fixture.graph, graphSchema);
      expect(report).toMatchObject({ complete: true, indexes: { found: 13, total: 13 }, searchIndexes: { total: 1 } });
      expect(report.undeclared).toEqual([]);
      const other = { ...index, settings: { quantization: 'scalar', m: 16, efConstruction: 100 } } as const;
      expect((await compareVectorIndexes(fixture.graph, [other])).items).toMatchObject([
        { state: 'different', detail: expect.stringContaining('quantization none') },
      ]);
    });

    test('by a vector, by an atom, by words too; never those of another tenant', async () => {
      await createVectorIndexes(fixture.graph, [index]);
      const words = ['lease renewed', 'lease lost', 'something else', 'lease'];
      await write(5n, {
        ids: [1n, 2n, 3n],
        text: (id) => words[Number(id) - 1] ?? '',
        vectors: [vector(1n, at(0)), vector(2n, at(40)), vector(3n, at(10))],
      });
      await write(6n, { ids: [4n], tenantId: 8, text: () => 'lease', vectors: [vector(4n, at(1))] });
      await fixture.query('CALL db.awaitIndexes(60)');
      const ids = (atoms: readonly { readonly id: bigint }[]) => atoms.map(({ id }) => id);
      const common = { tenantId: 0, index };
      expect(ids(await similarAtoms(fixture.graph, { ...common, to: at(5) }))).toEqual([1n, 3n, 2n]);
      expect(ids(await similarAtoms(fixture.graph, { ...common, to: 1n, limit: 1 }))).toEqual([3n]);
      await expect(similarAtoms(fixture.graph, { ...common, to: [1, 0] })).rejects.toMatchObject({
        code: 'INVALID_OPTIONS',
      });
      const hybrid = await hybridAtoms(fixture.graph, { ...common, to: at(12), text: 'what of a lost lease' });
      expect(hybrid.map(({ id, textRank, vectorRank }) => [id, textRank, vectorRank])).toEqual([
        [2n, 1, 3],
        [1n, 2, 2],
        [3n, null, 1],
      ]);
      expect(hybrid[0]?.score).toBeCloseTo(1 / 61 + 1 / 63, 9);
      expect(ids(await hybridAtoms(fixture.graph, { ...common, to: 1n }))).toEqual([2n, 3n]);
    });

    test('a missing index is named with what makes it', async () => {
      await dropVectorIndex(fixture.graph, index);
      await expect(similarAtoms(fixture.graph, { tenantId: 0, to: at(0), index })).rejects.toMatchObject({
        code: 'SEARCH_INDEX_MISSING',
        message: expect.stringContaining('hartonomous embeddings index'),
      });
    });
  });

  test('what the version before had is found and taken out, and vectors of models stay', async () => {
    await fixture.query(
      'CREATE VECTOR INDEX atom_embedding FOR (a:Atom) ON (a.embedding) ' +
        "OPTIONS {indexConfig: {`vector.dimensions`: 3, `vector.similarity_function`: 'cosine'}}",
    );
    await fixture.query(
      'UNWIND range(1, 4100) AS id CREATE (a:Atom {id: id, tenantId: 0}) SET a.embedding = [1.0, 0.0, 0.0], a.embedding_one = [1.0]',
    );
    const there = { hasIndex: true, atoms: 4_100 };
    expect(await readLegacyEmbeddings(fixture.graph)).toEqual(there);
    expect(await removeLegacyEmbeddings(fixture.graph)).toEqual(there);
    const none = { hasIndex: false, atoms: 0 };
    expect(await readLegacyEmbeddings(fixture.graph)).toEqual(none);
    expect(await removeLegacyEmbeddings(fixture.graph)).toEqual(none);
    const [kept] = await fixture.query('MATCH (a:Atom) WHERE a.embedding_one IS NOT NULL RETURN count(a) AS atoms');
    expect(kept).toEqual({ atoms: 4_100n });
  });
}

import { atom, atomProvenance, graphSchema } from '@hartonomous/provenance-schema';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import {
  applyMigrations,
  createGraphWriter,
  type GraphWriter,
  readGreatestSequence,
  SequencePassedError,
} from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { atomRecord, edgeRecord } from '../samples.ts';

/** Numbers that the writer's lock keeps. They want the whole graph to themselves. */
export function fencingNumberTests(start: () => Fixture): void {
  let fixture: Fixture;
  let writer: GraphWriter;
  beforeAll(() => {
    fixture = start();
    writer = createGraphWriter(fixture.graph);
  });
  beforeEach(() => fixture.clear());

  const ids = Array.from({ length: 200 }, (_, n) => BigInt(n + 1));
  const upserts = (text = 'text') => [{ entity: atom, upserts: ids.map((id) => atomRecord(id, text)), deletes: [] }];
  const deletes = [{ entity: atom, upserts: [], deletes: ids.map((entityId) => ({ entityId, tenantId: 0 })) }];
  const atoms = async () => (await fixture.query('MATCH (a:Atom) RETURN count(a) AS n'))[0]?.n;
  const lock = async () =>
    (await fixture.query("MATCH (l:SyncLock {name: 'graph-sync'}) RETURN properties(l) AS lock"))[0]?.lock;

  test('a batch that was suspended until the tombstones were gone brings nothing back', async () => {
    await writer.apply(upserts(), 10n);
    // A batch takes 11, reads the rows and is suspended; the rows are deleted, and the tombstones purged.
    const suspended = () => writer.apply(upserts(), 11n);
    await writer.apply(deletes, 12n);
    expect(await writer.purgeTombstones(-1)).toBe(200);

    await expect(suspended()).rejects.toThrow(SequencePassedError);
    await expect(suspended()).rejects.toMatchObject({ code: 'SEQUENCE_PASSED', sequence: 11n, purgedSequence: 12n });
    expect(await atoms()).toBe(0n);
    // Neither edges, nor deletes, nor the number of the purged tombstone itself; a number after it is good.
    const edges = { entity: atomProvenance, upserts: [edgeRecord(1n, 1n, 2n)], deletes: [] };
    await expect(writer.apply([edges], 11n)).rejects.toThrow(SequencePassedError);
    await expect(writer.apply(deletes, 12n)).rejects.toThrow(SequencePassedError);
    expect(await writer.apply(upserts(), 13n)).toMatchObject({ written: 200, stale: 0 });
  });

  test('the greatest number of a purged tombstone is kept, whatever is purged in between', async () => {
    await writer.apply(deletes.slice(0, 1), 5n);
    expect(await lock()).not.toHaveProperty('purgedSequence');
    expect(await writer.purgeTombstones(-1)).toBe(200);
    expect(await lock()).toMatchObject({ purgedSequence: 5n });
    expect(await writer.purgeTombstones(-1)).toBe(0);
    expect(await lock()).toMatchObject({ purgedSequence: 5n });
    await writer.apply(upserts(), 6n);
    await fixture.query("CREATE (:SyncTombstone {key: 'Atom/9001', syncSequence: 3, deletedAt: datetime()})");
    expect(await writer.purgeTombstones(-1)).toBe(1);
    expect(await lock()).toMatchObject({ purgedSequence: 5n });
  });

  test('a call without changes shows that the graph can be written to, whatever has been purged', async () => {
    await writer.apply(deletes, 7n);
    await writer.purgeTombstones(-1);
    expect(await writer.apply([], 0n)).toEqual({ outcomes: [], written: 0, deleted: 0, stale: 0 });
    expect(await readGreatestSequence(fixture.graph)).toBe(7n);
  });

  test('the greatest number written is kept by the lock, in whatever order writers come', async () => {
    expect(await readGreatestSequence(fixture.graph)).toBe(0n);
    const others = createGraphWriter(fixture.graph);
    const numbers = [4n, 9n, 2n, 7n, 1n, 8n];
    await Promise.all(
      numbers.map((number, n) =>
        (n % 2 === 0 ? writer : others).apply(
          [{ entity: atom, upserts: [atomRecord(BigInt(n + 1))], deletes: [] }],
          number,
        ),
      ),
    );
    expect(await readGreatestSequence(fixture.graph)).toBe(9n);
    // What is rolled back wrote nothing.
    await fixture.query('MATCH (n:Atom) DETACH DELETE n');
    await fixture.query('CREATE CONSTRAINT no_two FOR (a:Atom) REQUIRE a.canonicalText IS UNIQUE');
    await expect(writer.apply(upserts('the same'), 20n)).rejects.toMatchObject({ code: 'NEO4J_STATEMENT_FAILED' });
    await fixture.query('DROP CONSTRAINT no_two');
    expect(await readGreatestSequence(fixture.graph)).toBe(9n);
  });

  test.each([
    ['a node', 'CREATE (:Atom {id: 1, tenantId: 0, syncSequence: 100016})'],
    ['a relationship', 'CREATE (:Atom {id: 1})-[:DERIVED_FROM {id: 1, syncSequence: 100016}]->(:Atom {id: 2})'],
    ['a tombstone', "CREATE (:SyncTombstone {key: 'Atom/1', syncSequence: 100016, deletedAt: datetime()})"],
  ])(
    'of a graph of an older version it is unknown until the migration has found it, here on %s',
    async (_what, made) => {
      await fixture.query("CREATE (:SyncLock {name: 'graph-sync', takenAt: datetime()})");
      await fixture.query('CREATE (:Atom {id: 7, tenantId: 0, syncSequence: 15})');
      await fixture.query(made);
      expect(await readGreatestSequence(fixture.graph)).toBeNull();
      // A batch doesn't make its own number the greatest.
      await writer.apply([{ entity: atom, upserts: [atomRecord(9n)], deletes: [] }], 16n);
      expect(await readGreatestSequence(fixture.graph)).toBeNull();

      const migrate = () =>
        applyMigrations(fixture.graph, { migrations: graphSchema.migrations, appliedBy: 'test 1.0' });
      expect((await migrate()).pending).toMatchObject([{ version: '0001-greatest-sequence' }]);
      expect(await readGreatestSequence(fixture.graph)).toBe(100_016n);
      await writer.apply([{ entity: atom, upserts: [atomRecord(10n)], deletes: [] }], 100_017n);
      expect(await readGreatestSequence(fixture.graph)).toBe(100_017n);
      // Begun anew after an interruption, it takes nothing back.
      await fixture.query('MATCH (m:SchemaMigration) DELETE m');
      await migrate();
      expect(await readGreatestSequence(fixture.graph)).toBe(100_017n);
    },
  );

  test('a graph that nothing was written to needs no migration, and knows that none was written', async () => {
    const migrate = () => applyMigrations(fixture.graph, { migrations: graphSchema.migrations, appliedBy: 'test 1.0' });
    expect(await migrate()).toMatchObject({ pending: [], applied: [{ version: '0001-greatest-sequence' }] });
    expect(await readGreatestSequence(fixture.graph)).toBe(0n);
    await writer.apply([{ entity: atom, upserts: [atomRecord(1n)], deletes: [] }], 3n);
    expect(await readGreatestSequence(fixture.graph)).toBe(3n);
  });
}

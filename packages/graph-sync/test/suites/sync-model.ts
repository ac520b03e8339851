import { atom, atomProvenance, type GraphRecord, modelVersion } from '@hartonomous/provenance-schema';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGraphWriter, type EntityKey } from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { atomRecord, edgeRecord, versionRecord } from '../samples.ts';
import {
  expectedGraph,
  histories,
  type ModelGraph,
  play,
  type SequencePlace,
  type Tables,
  versionHistories,
} from '../sync-model.ts';

/** Tests that want the whole graph to themselves, on a server that they share. */
export function syncModelTests(start: () => Fixture): void {
  let fixture: Fixture;

  /** The fencing rule and nothing else: a number per row, tombstones included, and no write where it is greater. */
  class FencedMap implements ModelGraph {
    readonly #rows = new Map<string, { sequence: bigint; row: unknown }>();

    apply(read: Tables, sequence: bigint): void {
      for (const [table, rows] of Object.entries(read)) {
        for (const [id, row] of rows) {
          const key = `${table} ${id}`;
          if ((this.#rows.get(key)?.sequence ?? 0n) <= sequence) this.#rows.set(key, { sequence, row });
        }
      }
    }

    get tables(): Map<string, unknown> {
      return new Map([...this.#rows].map(([key, { row }]) => [key, row]));
    }
  }

  function counter(): () => bigint {
    let last = 0n;
    return () => {
      last += 1n;
      return last;
    };
  }

  function modelCheck(place: SequencePlace) {
    return fc.check(
      fc.asyncProperty(histories, async (history) => {
        const graph = new FencedMap();
        const sql = await play(history, graph, counter(), place);
        for (const [table, rows] of Object.entries(sql)) {
          for (const [id, row] of rows) if (graph.tables.get(`${table} ${id}`) !== row) return false;
        }
        return true;
      }),
      { numRuns: 5000 },
    );
  }

  describe('three workers with crashes and redelivery, in every order', () => {
    test('end equal to SQL when the number is taken before the read', async () => {
      expect(await modelCheck('before reading')).toMatchObject({ failed: false, numRuns: 5000 });
    });

    test('do not when it is taken after the read, so the model can fail', async () => {
      expect(await modelCheck('after reading')).toMatchObject({ failed: true });
    });
  });

  describe('the same histories against a real graph', () => {
    beforeAll(async () => {
      fixture = start();
    });

    test.each([
      ['placeholders and all', histories, 25],
      ['names that pass from row to row', versionHistories, 25],
    ])(
      'end equal to SQL, %s',
      async (_what, arbitrary, numRuns) => {
        const writer = createGraphWriter(fixture.graph);
        const nextSequence = counter();
        const graph: ModelGraph = {
          apply: async (read, sequence) => {
            const atoms = split(read.atoms, (id, text) => atomRecord(id, text));
            const edges = split(read.edges, (id, row) => edgeRecord(id, row.child, row.parent, row.type));
            const versions = split(read.versions, (id, version) => versionRecord(id, version));
            await writer.apply(
              [
                { entity: modelVersion, ...versions },
                { entity: atomProvenance, ...edges },
                { entity: atom, ...atoms },
              ],
              sequence,
            );
          },
        };
        await fc.assert(
          fc.asyncProperty(arbitrary, async (history) => {
            await fixture.clear();
            const sql = await play(history, graph, nextSequence);
            expect(await actualGraph(fixture)).toEqual(expectedGraph(sql));
          }),
          { numRuns },
        );
      },
      240_000,
    );
  });

  function split<Row>(rows: ReadonlyMap<number, Row | undefined>, record: (id: number, row: Row) => GraphRecord) {
    const upserts: GraphRecord[] = [];
    const deletes: EntityKey[] = [];
    for (const [id, row] of rows) {
      if (row === undefined) deletes.push({ entityId: BigInt(id), tenantId: 0 });
      else upserts.push(record(id, row));
    }
    return { upserts, deletes };
  }

  async function actualGraph(fixture: Fixture): Promise<string[]> {
    const atoms = await fixture.query('MATCH (a:Atom) RETURN a.id AS id, a.canonicalText AS text, a.placeholder AS p');
    const edges = await fixture.query(
      'MATCH (a:Atom)-[r:DERIVED_FROM|MERGED_FROM]->(b:Atom) RETURN r.id AS id, a.id AS a, type(r) AS type, b.id AS b',
    );
    const versions = await fixture.query('MATCH (v:ModelVersion) RETURN v.modelVersionId AS id, v.version AS version');
    return [
      ...versions.map(({ id, version }) => `version ${id}: ${version}`),
      ...atoms.map(({ id, text, p }) => (p === true ? `placeholder ${id}` : `atom ${id}: ${text}`)),
      ...edges.map(({ id, a, type, b }) => `edge ${id}: ${a} ${type} ${b}`),
    ].sort();
  }
}

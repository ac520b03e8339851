import { atom, atomProvenance, type GraphRecord, modelVersion } from '@hartonomous/provenance-schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGraphWriter, type EntityChanges, type EntityKey, SequencePassedError } from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { atomRecord, edgeRecord, versionRecord } from '../samples.ts';
import {
  expectedGraph,
  histories,
  type ModelGraph,
  play,
  type Read,
  suspensions,
  versionHistories,
} from '../sync-model.ts';

/** Histories that are played: each costs some twenty transactions. */
const numRuns = process.env.CHAOS_FORM === 'long' ? 100 : 4;

/** The histories of sync-model.test.ts and more, against a real graph. They want the whole graph to themselves. */
export function syncModelTests(start: () => Fixture): void {
  test.each([
    ['placeholders and all', histories],
    ['names that pass from row to row', versionHistories],
    ['atoms that come and go while a worker is suspended', suspensions],
  ])(
    `three workers end equal to SQL in ${numRuns} histories, %s`,
    async (_what, arbitrary) => {
      const fixture = start();
      const writer = createGraphWriter(fixture.graph);
      let sequence = 0n;
      const nextSequence = () => {
        sequence += 1n;
        return sequence;
      };
      const graph: ModelGraph = {
        apply: async (read, number) => {
          try {
            await writer.apply(changesOf(read), number);
            return 'applied';
          } catch (error) {
            if (error instanceof SequencePassedError) return 'passed';
            throw error;
          }
        },
        purge: async () => {
          // Those of this moment too, whatever the clock says.
          await writer.purgeTombstones(-60_000);
        },
      };
      await fc.assert(
        fc.asyncProperty(arbitrary, async (history) => {
          await fixture.clear();
          const { sql, notOnce } = await play(history, graph, nextSequence);
          expect(notOnce).toEqual([]);
          expect(await actualGraph(fixture)).toEqual(expectedGraph(sql));
        }),
        { numRuns },
      );
    },
    600_000,
  );
}

/** As the worker plans it: what a message names and the row isn't, goes; a row is written in the tenant that it is in. */
function changesOf(read: Read): EntityChanges[] {
  const edges = { upserts: [] as GraphRecord[], deletes: [] as EntityKey[] };
  for (const [id, row] of read.edges) {
    if (row === undefined) edges.deletes.push({ entityId: BigInt(id), tenantId: 0 });
    else edges.upserts.push(edgeRecord(id, row.child, row.parent, row.type));
  }
  const upserts: GraphRecord[] = [];
  const deletes: EntityChanges[] = [];
  for (const [id, { row, named }] of read.atoms) {
    if (row?.refused === true) continue;
    for (const tenantId of named) {
      if (row?.tenant === tenantId) continue;
      deletes.push({ entity: atom, upserts: [], deletes: [{ entityId: BigInt(id), tenantId }] });
    }
    if (row !== undefined) upserts.push(atomRecord(id, row.text, row.tenant));
  }
  const versions = { upserts: [] as GraphRecord[], deletes: [] as EntityKey[] };
  for (const [id, version] of read.versions) {
    if (version === undefined) versions.deletes.push({ entityId: BigInt(id), tenantId: 0 });
    else versions.upserts.push(versionRecord(id, version));
  }
  return [
    { entity: modelVersion, ...versions },
    { entity: atomProvenance, ...edges },
    ...deletes,
    { entity: atom, upserts, deletes: [] },
  ];
}

async function actualGraph(fixture: Fixture): Promise<string[]> {
  const atoms = await fixture.query(
    "MATCH (a:Atom) RETURN a.id + '/' + a.tenantId AS key, a.canonicalText AS text, a.placeholder AS p",
  );
  const edges = await fixture.query(
    `MATCH (a:Atom)-[r:DERIVED_FROM|MERGED_FROM]->(b:Atom)
     RETURN r.id AS id, a.id + '/' + a.tenantId AS a, type(r) AS type, b.id + '/' + b.tenantId AS b`,
  );
  const versions = await fixture.query('MATCH (v:ModelVersion) RETURN v.modelVersionId AS id, v.version AS version');
  return [
    ...versions.map(({ id, version }) => `version ${id}: ${version}`),
    ...atoms.map(({ key, text, p }) => (p === true ? `placeholder ${key}` : `atom ${key}: ${text}`)),
    ...edges.map(({ id, a, type, b }) => `edge ${id}: ${a} ${type} ${b}`),
  ].sort();
}

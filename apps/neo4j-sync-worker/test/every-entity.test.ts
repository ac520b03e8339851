import { type AnyEntity, entities } from '@hartonomous/provenance-schema';
import {
  deleteSample,
  edgeLine,
  eventually,
  graphLines,
  insertSample,
  nodeLine,
  type Sample,
  type SampleRow,
  type SampleState,
  sampleOf,
  updateSample,
} from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Fixture, fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// Every entity type from its table to the graph: rows are made from the definitions, and after each step the whole graph of
// the tenant must be what the definitions say of the rows.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

// The second one is there as a row of dbo.Tenant only.
const tenantId = 9001;
const tenants = [BigInt(tenantId), BigInt(tenantId + 1)];

interface Row {
  readonly entity: AnyEntity;
  readonly id: bigint;
  sample: Sample;
}

const rows = new Map<string, Row>();
const context = {
  tenantId,
  idOf: (label: string, row: SampleRow) => {
    const found = rows.get(`${label} ${row}`);
    if (found === undefined) throw new Error(`There is no ${label} ${row} yet.`);
    return found.id;
  },
};

async function create(entity: AnyEntity, row: SampleRow): Promise<void> {
  const sample = sampleOf(entity, row, 'first', context);
  const [inserted] = await fixture().sql(insertSample(entity, sample));
  rows.set(`${entity.name} ${row}`, { entity, id: BigInt(String(inserted?.id)), sample });
  await enqueue(entity, row, 'CREATE');
}

async function update(entity: AnyEntity, row: SampleRow, state: SampleState): Promise<void> {
  const known = rowOf(entity, row);
  known.sample = sampleOf(entity, row, state, context);
  await fixture().client.run(updateSample(entity, known.id, known.sample));
  await enqueue(entity, row, 'UPDATE');
}

async function remove(entity: AnyEntity, row: SampleRow): Promise<void> {
  await fixture().client.run(deleteSample(entity, rowOf(entity, row).id));
  await enqueue(entity, row, 'DELETE');
  rows.delete(`${entity.name} ${row}`);
}

/** The tenant is taken from the row, as long as there is one. */
async function enqueue(entity: AnyEntity, row: SampleRow, syncType: string): Promise<void> {
  const { id, sample } = rowOf(entity, row);
  const tenant = syncType === 'DELETE' ? `, @TenantId = ${sample.get(entity.tenant)?.literal}` : '';
  await fixture().client.run(
    `EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'${entity.name}', @EntityId = ${id}, @SyncType = N'${syncType}'${tenant};`,
  );
}

function rowOf(entity: AnyEntity, row: SampleRow): Row {
  const known = rows.get(`${entity.name} ${row}`);
  if (known === undefined) throw new Error(`There is no ${entity.name} ${row} yet.`);
  return known;
}

async function graphIsAsDefined(): Promise<void> {
  const expected = [...rows.values()].flatMap(({ entity, id, sample }) => graphLines(entity, id, sample)).toSorted();
  await eventually(async () => expect(await graphOf(fixture())).toEqual(expected), {
    timeoutMs: 100_000,
    intervalMs: 200,
  });
}

const named = entities.map((entity) => [entity.name, entity] as const);

// One for all tests: what it does about one row it does about the next.
let worker: WorkerProcess | undefined;
beforeAll(() => {
  worker = new WorkerProcess(fixture().env, { keptBy: 'suite' });
});
afterAll(() => worker?.end());

test.each(named)(
  '%s is created and updated with its properties and edges',
  async (_name, entity) => {
    await create(entity, 1);
    await create(entity, 2);
    await graphIsAsDefined();
    await update(entity, 1, 'sparse');
    await graphIsAsDefined();
    await update(entity, 1, 'other');
    await update(entity, 2, 'sparse');
    await graphIsAsDefined();
  },
  300_000,
);

test.each(named.toReversed())(
  '%s leaves the graph with its row',
  async (_name, entity) => {
    await remove(entity, 1);
    await graphIsAsDefined();
    await remove(entity, 2);
    await graphIsAsDefined();
  },
  300_000,
);

/** Nodes of the tenants, and all edges that begin or end at one of them, as sorted lines. */
async function graphOf(fixture: Fixture): Promise<string[]> {
  const nodes = await fixture.cypher(
    'MATCH (n) WHERE n.tenantId IN $tenants AND NOT n:SyncTombstone RETURN labels(n)[0] AS label, properties(n) AS properties',
    { tenants },
  );
  const edges = await fixture.cypher(
    `MATCH (a)-[r]->(b) WHERE a.tenantId IN $tenants OR b.tenantId IN $tenants
     RETURN labels(a)[0] AS fromLabel, properties(a) AS fromProperties, type(r) AS type, properties(r) AS properties,
       labels(b)[0] AS toLabel, properties(b) AS toProperties`,
    { tenants },
  );
  return [
    ...nodes.map(({ label, properties }) => nodeLine(String(label), properties as Record<string, unknown>)),
    ...edges.map((edge) =>
      edgeLine(
        { label: String(edge.fromLabel), properties: edge.fromProperties as Record<string, unknown> },
        String(edge.type),
        edge.properties as Record<string, unknown>,
        { label: String(edge.toLabel), properties: edge.toProperties as Record<string, unknown> },
      ),
    ),
  ].toSorted();
}

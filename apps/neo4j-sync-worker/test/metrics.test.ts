import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAzureEmulator } from '@hartonomous/azure-emulator';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What the worker measures, warns of and traces.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

/** A collector of OTLP over HTTP that keeps the bodies. */
async function collector() {
  const bodies = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    bodies.set(path, (bodies.get(path) ?? '') + Buffer.concat(chunks).toString());
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const queue = 'dbo.Neo4jSyncQueue';
const isReady = (worker: WorkerProcess) =>
  eventually(async () => expect((await worker.ready()).status).toBe(200), { timeoutMs: 30_000 });

test('/metrics reports what was received, synced, coalesced and dead-lettered, how long it took and what waits', async () => {
  const tenantId = await fixture().newTenant();
  // What others have left there must not be counted.
  await using left = await fixture().client.receiveBatch({ queue, batchSize: 4_000, waitMs: 0 });
  await left.commit();
  await fixture().createAtoms(tenantId, 20);
  const [atom] = await fixture().sql('SELECT MIN(AtomId) AS id FROM dbo.Atom WHERE TenantId = @tenantId;', {
    tenantId,
  });
  await fixture().client.enqueue('dbo.sp_EnqueueNeo4jSync', {
    EntityType: 'Atom',
    EntityId: BigInt(String(atom?.id)),
  });
  await fixture().sendBodies('<Other/>');
  const worker = new WorkerProcess({ ...fixture().env, Worker__WatchIntervalMs: '200', Worker__Readers: '1' });
  expect(await fixture().graphEqualsSql(tenantId)).toBe(20);
  await fixture().queueIsEmpty();

  const page = await eventually(
    async () => {
      const found = await worker.metrics();
      expect(found.value('hartonomous_sync_entities_total', { entity_type: 'Atom', outcome: 'synced' })).toBe(20);
      expect(found.value('hartonomous_sync_messages_dead_lettered_total', { reason: 'UNEXPECTED_ROOT' })).toBe(1);
      expect(found.value('service_broker_received_messages_total', { queue })).toBe(22);
      expect(found.value('service_broker_queue_depth', { queue })).toBe(0);
      return found;
    },
    { timeoutMs: 30_000 },
  );
  expect(page.value('hartonomous_sync_messages_coalesced_total')).toBe(1);
  expect(page.value('hartonomous_sync_age_seconds_count', { entity_type: 'Atom' })).toBe(20);
  expect(page.value('service_broker_batch_size_sum', { queue })).toBeGreaterThanOrEqual(22);
  for (const stage of ['decode', 'read', 'write', 'record', 'commit']) {
    expect(page.value('hartonomous_sync_stage_duration_seconds_count', { stage })).toBeGreaterThanOrEqual(1);
  }
  expect(page.value('service_broker_receive_duration_seconds_count', { queue })).toBeGreaterThanOrEqual(1);
  expect(page.value('service_broker_batch_limit', { queue })).toBeGreaterThanOrEqual(100);
  expect(page.value('service_broker_queue_oldest_message_age_seconds')).toBe(0);
  expect(page.value('service_broker_queue_enabled', { queue })).toBe(1);
  expect(page.value('service_broker_enabled')).toBe(1);
  expect(page.value('service_broker_transmission_stuck')).toBe(0);
  expect(page.value('service_broker_endpoints', { state: 'CONVERSING' })).toBeGreaterThan(0);
  expect(page.value('service_broker_loop_state', { state: 'receiving' })).toBe(1);
  expect(page.value('service_broker_circuit_open', { dependency: 'neo4j' })).toBe(0);
  expect(page.value('worker_dependency_up', { dependency: 'sql-server' })).toBe(1);
  expect(page.value('worker_ready')).toBe(1);
});

test('an upstream that is switched off shows in health and metrics, and is logged once each way', async () => {
  const worker = new WorkerProcess({ ...fixture().env, Worker__WatchIntervalMs: '100' });
  await isReady(worker);
  await fixture().client.run('ALTER DATABASE CURRENT SET DISABLE_BROKER WITH ROLLBACK IMMEDIATE;');
  onTestFinished(() =>
    fixture()
      .client.run('ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;')
      .catch(() => undefined),
  );
  const { text } = await eventually(async () => {
    const [warning] = (await worker.ready()).warnings.filter(({ name }) => name === 'broker-disabled');
    expect(warning).toBeDefined();
    return warning!;
  });
  expect(text).toContain('ENABLE_BROKER');
  expect((await worker.metrics()).value('worker_warnings', { warning: 'broker-disabled' })).toBe(1);
  await fixture().client.run('ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;');
  await worker.logged('broker-disabled is over');
  await isReady(worker);
  const lines = worker.messages().filter((message) => /Service Broker is switched off|broker-disabled/.test(message));
  expect(lines).toHaveLength(2);
});

test('a queue that is switched off: not ready, and the reason names it', async () => {
  const worker = new WorkerProcess({ ...fixture().env, Worker__WatchIntervalMs: '100', Worker__WaitMs: '500' });
  await isReady(worker);
  await fixture().client.disableQueue(queue);
  onTestFinished(() => fixture().client.enableQueue(queue));
  await eventually(async () => {
    const { status, entries, warnings } = await worker.ready();
    expect(status).toBe(503);
    expect(entries.find(({ name }) => name === 'sql-server')?.reason).toContain('QUEUE_DISABLED');
    expect(warnings.map(({ name }) => name)).toContain('queue-disabled');
  });
  const page = await worker.metrics();
  expect(page.value('service_broker_queue_enabled')).toBe(0);
  expect(page.value('service_broker_circuit_open', { dependency: 'sql-server' })).toBe(1);
  await fixture().client.enableQueue(queue);
  await isReady(worker);
});

test('the trace that began in SQL goes on in the worker, down to the graph: by OTLP and in Application Insights', async () => {
  const { bodies, url } = await collector();
  await using azure = await startAzureEmulator({ challenge: false });
  const tenantId = await fixture().newTenant();
  const [id] = await fixture().createAtoms(tenantId, 1);
  // A batch with messages of no trace, or of others, would be linked to this one and no part of it.
  {
    await using untraced = await fixture().client.receiveBatch({ queue, batchSize: 4_000, waitMs: 0 });
    await untraced.commit();
  }
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await fixture().sendBodies(
    `<Neo4jSync><EntityType>Atom</EntityType><EntityId>${id}</EntityId><SyncType>UPDATE</SyncType>` +
      `<TenantId>${tenantId}</TenantId><TraceParent>00-${traceId}-00f067aa0ba902b7-01</TraceParent></Neo4jSync>`,
  );
  const worker = new WorkerProcess(
    {
      ...fixture().env,
      ...azure.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      ApplicationInsights__ConnectionString: azure.connectionString,
    },
    { program: 'built' },
  );
  expect(await fixture().graphEqualsSql(tenantId)).toBe(1);
  await fixture().queueIsEmpty();
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
  expect(bodies.get('/v1/traces')).toContain(traceId);
  expect(bodies.get('/v1/traces')).toContain('process dbo.Neo4jSyncQueue');
  expect(bodies.get('/v1/metrics')).toContain('hartonomous.sync.entities');
  const spans = azure.telemetry.filter(({ tags }) => tags?.['ai.operation.id'] === traceId);
  const shown = spans.map(({ tags, data: { baseType, baseData } }) => ({
    type: baseType,
    name: baseData.name,
    id: baseData.id,
    parent: tags?.['ai.operation.parentId'],
    role: tags?.['ai.cloud.role'],
  }));
  const batch = shown.find(({ type }) => type === 'RequestData');
  const role = 'hartonomous.neo4j-sync-worker';
  expect(batch).toMatchObject({ name: 'process dbo.Neo4jSyncQueue', parent: '00f067aa0ba902b7', role });
  const below = shown.filter(({ parent }) => parent === batch?.id).map(({ type, name }) => `${type} ${name}`);
  expect(below).toEqual([
    'RemoteDependencyData SELECT entities',
    'RemoteDependencyData MERGE graph',
    'RemoteDependencyData EXECUTE dbo.sp_LogNeo4jSync',
    'RemoteDependencyData COMMIT',
  ]);
  for (const body of bodies.values()) expect(body).not.toContain(fixture().neo4j.password);
});

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { deployDatabase } from '@hartonomous/operations';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What happens while a server is away.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

/** A way to a server that can be cut and opened again, so that the server itself may go on for others. */
class Gate {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;

  constructor(target: number) {
    this.#target = target;
    onTestFinished(() => this.close());
  }

  async open(): Promise<void> {
    const server = createServer((socket) => {
      const far = connectSocket(this.#target, '127.0.0.1');
      for (const end of [socket, far]) {
        this.#sockets.add(end);
        end.on('error', () => undefined);
        end.on('close', () => this.#sockets.delete(end));
      }
      socket.pipe(far).pipe(socket);
      socket.on('close', () => far.destroy());
      far.on('close', () => socket.destroy());
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

const entry = async (worker: WorkerProcess, name: string) =>
  (await worker.ready()).entries.find((dependency) => dependency.name === name);
const isReady = (worker: WorkerProcess) =>
  eventually(async () => expect((await worker.ready()).status).toBe(200), { timeoutMs: 30_000 });

test('Neo4j absent at start: health says so, the worker starts when Neo4j comes', async () => {
  const tenantId = await fixture().newTenant();
  const gate = new Gate(Number(new URL(fixture().neo4j.uri).port));
  await gate.open();
  await gate.close();
  const worker = new WorkerProcess({ ...fixture().env, Neo4j__Uri: `bolt://127.0.0.1:${gate.port}` });
  await worker.logged('neo4j is away: NEO4J_UNAVAILABLE');
  expect((await worker.ready()).status).toBe(503);
  expect(await entry(worker, 'neo4j')).toMatchObject({ state: 'down' });
  // Both are connected side by side: one may be away before the other is there.
  await eventually(async () => expect(await entry(worker, 'sql-server')).toMatchObject({ state: 'up' }));
  await gate.open();
  await worker.logged(`Connected to Neo4j at bolt://127.0.0.1:${gate.port}`);
  await fixture().createAtoms(tenantId, 5);
  await fixture().graphEqualsSql(tenantId);
  await isReady(worker);
});

test('Neo4j away in between: nothing is received or dead-lettered, one line each way, then it goes on', async () => {
  const tenantId = await fixture().newTenant();
  const gate = new Gate(Number(new URL(fixture().neo4j.uri).port));
  await gate.open();
  const worker = new WorkerProcess({ ...fixture().env, Neo4j__Uri: `bolt://127.0.0.1:${gate.port}` });
  await isReady(worker);
  await gate.close();
  await fixture().createAtoms(tenantId, 30);
  await worker.logged('neo4j is away');
  const { status } = await worker.ready();
  expect(status).toBe(503);
  const down = await entry(worker, 'neo4j');
  expect(down).toMatchObject({ state: 'down', reason: expect.stringContaining('NEO4J_UNAVAILABLE') });
  expect(Date.parse(down!.since)).toBeLessThanOrEqual(Date.now());
  await eventually(async () => expect(await fixture().requestsInQueue(tenantId)).toBe(30));
  await gate.open();
  await worker.logged('neo4j is back');
  expect(await fixture().graphEqualsSql(tenantId)).toBe(30);
  await isReady(worker);
  const changes = worker.messages().filter((message) => /^neo4j is (away|back)/.test(message));
  expect(changes.map((message) => message.slice(0, 13))).toEqual(['neo4j is away', 'neo4j is back']);
  expect(await fixture().deadLetters(tenantId)).toBe(0);
});

test('SQL Server away in between: the worker connects again and goes on', async () => {
  const tenantId = await fixture().newTenant();
  const gate = new Gate(fixture().emulator.port);
  await gate.open();
  const worker = new WorkerProcess({
    ...fixture().env,
    ConnectionStrings__HartonomousDb: fixture().workerConnectionString.replace(
      `,${fixture().emulator.port};`,
      `,${gate.port};`,
    ),
  });
  await isReady(worker);
  await gate.close();
  await worker.logged('sql-server is away');
  expect((await worker.ready()).status).toBe(503);
  await fixture().createAtoms(tenantId, 10);
  await gate.open();
  await worker.logged('sql-server is back');
  expect(await fixture().graphEqualsSql(tenantId)).toBe(10);
  await isReady(worker);
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
});

test('SIGTERM during an outage ends the worker at once, with exit code 0', async () => {
  const gate = new Gate(Number(new URL(fixture().neo4j.uri).port));
  await gate.open();
  await gate.close();
  const worker = new WorkerProcess({ ...fixture().env, Neo4j__Uri: `bolt://127.0.0.1:${gate.port}` });
  await worker.logged('neo4j is away');
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
});

test('a procedure that is missing: the worker waits, and goes on when it is deployed again', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  await isReady(worker);
  await fixture().client.run('DROP PROCEDURE dbo.sp_LogNeo4jSync;');
  await fixture().createAtoms(tenantId, 5);
  await worker.logged('sql-server is away: SQL_STATEMENT_FAILED');
  // The probe succeeds all the time; only the trial batch finds the fault, so readiness must not flap.
  await eventually(async () => {
    const attempts = await fixture().cypher('MATCH (a:Atom {tenantId: $tenantId}) RETURN max(a.syncSequence) AS n', {
      tenantId: BigInt(tenantId),
    });
    const [first] = await fixture().sql('SELECT MAX(SyncSequence) AS n FROM dbo.Neo4jSyncLog;');
    expect(Number(attempts[0]?.n) - Number(first?.n)).toBeGreaterThanOrEqual(3);
  });
  expect((await worker.ready()).status).toBe(503);
  await deployDatabase({ connection: fixture().connectionString });
  await worker.logged('sql-server is back');
  expect(await fixture().graphEqualsSql(tenantId)).toBe(5);
  await fixture().queueIsEmpty();
  const changes = worker.messages().filter((message) => /^sql-server is/.test(message));
  expect(changes).toHaveLength(2);
  expect(await fixture().deadLetters(tenantId)).toBe(0);
});

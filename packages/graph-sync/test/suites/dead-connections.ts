import { setTimeout as pause } from 'node:timers/promises';
import { graphSchema, tenant } from '@hartonomous/provenance-schema';
import { TcpProxy } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import {
  connectNeo4j,
  createGraphWriter,
  createLineageReader,
  type GraphConnectionOptions,
  missingConstraints,
  pingGraph,
  readGreatestSequence,
} from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { tenantRecord } from '../samples.ts';

const changes = [{ entity: tenant, upserts: [tenantRecord(1)], deletes: [] }];

/** Connections that are open and answer no more: no error ever comes from them. */
export function deadConnectionTests(fixture: () => Fixture): void {
  async function throughProxy(others: Partial<GraphConnectionOptions> = {}, scheme = 'bolt') {
    const { server } = fixture();
    const proxy = await TcpProxy.start({ targetPort: Number(new URL(server.uri).port) });
    const { username, password } = server;
    const address = { uri: `${scheme}://127.0.0.1:${proxy.port}`, username, password };
    // One connection: if the dead one were kept, none would be left.
    const options = { ...address, maxConnections: 1, connectionTimeoutMs: 2_000, ...others };
    return { proxy, options, connection: await connectNeo4j(options) };
  }

  test('a transaction whose server stops answering ends at its deadline, and the next has a new connection', async () => {
    const { proxy, connection } = await throughProxy();
    await using _proxy = proxy;
    await using _connection = connection;
    const writer = createGraphWriter(connection, { transactionTimeoutMs: 500 });
    // Not the impatient one: a server that was started for this alone compiles the statements now.
    await createGraphWriter(connection).apply(changes, 1n);
    await proxy.enter('black-hole');
    await expect(writer.apply(changes, 2n)).rejects.toMatchObject({ code: 'NEO4J_TIMEOUT', retryable: true });
    await proxy.enter('pass');
    expect(await writer.apply(changes, 3n)).toMatchObject({ written: 1 });
    proxy.forgetDead();
  });

  test('what else is under way when a driver is given up ends with it', async () => {
    const { proxy, connection } = await throughProxy({ maxConnections: 3 });
    await using _proxy = proxy;
    await using _connection = connection;
    const writer = createGraphWriter(connection, { transactionTimeoutMs: 300 });
    const patient = createGraphWriter(connection);
    const reader = createLineageReader(connection);
    const under = () => [missingConstraints(connection, graphSchema), reader.atoms({ tenantId: 1 })] as const;
    // Connections that are logged in.
    await Promise.all([...under(), patient.apply(changes, 1n)]);
    await proxy.enter('black-hole');
    const waiting = [...under(), patient.apply([], 0n)].map((work) =>
      // The driver itself would never settle them.
      Promise.race([work, pause(5_000, 'still under way')]).catch((error: unknown) => error),
    );
    await expect(writer.apply(changes, 2n)).rejects.toMatchObject({ code: 'NEO4J_TIMEOUT', timeoutMs: 600 });
    for (const ended of await Promise.all(waiting)) {
      expect(ended).toMatchObject({
        code: 'NEO4J_TIMEOUT',
        message: expect.stringContaining('given up'),
        retryable: true,
      });
    }
    await proxy.enter('pass');
    expect(await missingConstraints(connection, graphSchema)).toEqual([]);
    proxy.forgetDead();
  });

  test('a read that has no answer ends at its deadline and leaves the pool no dead connection', async () => {
    const { proxy, connection } = await throughProxy();
    await using _proxy = proxy;
    await using _connection = connection;
    const reads = [
      () => readGreatestSequence(connection, 200),
      () => missingConstraints(connection, graphSchema, 200),
      () => pingGraph(connection, 200),
    ];
    for (const read of reads) {
      await pingGraph(connection);
      await proxy.enter('black-hole');
      await expect(read()).rejects.toMatchObject({ code: 'NEO4J_TIMEOUT', measured: expect.anything() });
      await proxy.enter('pass');
      await pingGraph(connection);
      proxy.forgetDead();
    }
  });

  test.each(['bolt', 'bolt+ssc'])('%s: log-ins without an answer do not fill the pool for good', async (scheme) => {
    const { proxy, connection } = await throughProxy({ connectionTimeoutMs: 500 }, scheme);
    await using _proxy = proxy;
    await using _connection = connection;
    await pingGraph(connection);
    proxy.cut();
    await proxy.enter('black-hole');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(pingGraph(connection, 3_000)).rejects.toMatchObject({ code: 'NEO4J_UNAVAILABLE' });
    }
    await proxy.enter('pass');
    await pingGraph(connection);
    proxy.forgetDead();
  });

  test('a server that accepts and says nothing is unavailable: to connect to, and to get a connection from', async () => {
    const { proxy, options, connection } = await throughProxy();
    await using _proxy = proxy;
    await using _connection = connection;
    const writer = createGraphWriter(connection, { transactionTimeoutMs: 500 });
    await proxy.enter('black-hole');
    await expect(connectNeo4j(options)).rejects.toMatchObject({ code: 'NEO4J_UNAVAILABLE', retryable: true });
    // The first finds the idle connection dead, the second can't make another.
    await expect(writer.apply(changes, 4n)).rejects.toMatchObject({ retryable: true });
    await expect(writer.apply(changes, 4n)).rejects.toMatchObject({ retryable: true });
    await proxy.enter('pass');
    expect(await writer.apply(changes, 5n)).toMatchObject({ written: 1 });
    proxy.forgetDead();
  });

  test('abort ends the wait for a server that stops answering', async () => {
    const { proxy, connection } = await throughProxy();
    await using _proxy = proxy;
    await using _connection = connection;
    const writer = createGraphWriter(connection);
    await proxy.enter('black-hole');
    const stop = new AbortController();
    const applying = writer.apply(changes, 6n, { signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(applying).rejects.toBe(reason);
    await proxy.enter('pass');
    proxy.forgetDead();
  });

  test('a read whose connection is cut is asked again on another', async () => {
    const { proxy, connection } = await throughProxy();
    await using _proxy = proxy;
    await using _connection = connection;
    const reader = createLineageReader(connection);
    await reader.atoms({ tenantId: 1 });
    const cut = proxy.afterBytes(1, () => proxy.cut());
    expect(await reader.atoms({ tenantId: 1 })).toMatchObject({ items: [] });
    await cut;
  });
}

import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { BrokerUnavailableError, connectBroker, InvalidBrokerOptionsError } from '../src/index.ts';

/** A TCP server on a free port; its port, and how to close it. */
async function listen(onConnection: (socket: Socket) => void): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close };
}

const connect = (port: number) =>
  connectBroker({
    sql: { server: '127.0.0.1', port, user: 'sa', password: 'hunter22-secret', connectionTimeout: 300 },
  });

test('a port where nobody listens is BROKER_UNAVAILABLE, naming the address and not the password', async () => {
  const { port, close } = await listen(() => {});
  await close();
  const error = await connect(port).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BrokerUnavailableError);
  expect(error).toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
  expect(String(error)).toContain(`127.0.0.1:${port}`);
  expect(String(error)).not.toContain('hunter22');
});

test.each<[string, (socket: Socket) => void]>([
  ['accepts and says nothing', () => {}],
  ['hangs up', (socket) => socket.destroy()],
])('a server that %s is BROKER_UNAVAILABLE within the connection time-out', async (_, onConnection) => {
  const { port, close } = await listen(onConnection);
  onTestFinished(close);
  const started = performance.now();
  await expect(connect(port)).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('options are checked before anything is connected, all problems at once', async () => {
  const sql = { server: 'db' };
  const attempt = connectBroker({ sql, requestTimeoutMs: 0, maxConnections: 0.5 });
  await expect(attempt).rejects.toBeInstanceOf(InvalidBrokerOptionsError);
  await expect(attempt).rejects.toThrow(/requestTimeoutMs.*maxConnections/);
});

test('an instance whose port is not announced: the message names what was asked', async () => {
  const attempt = connectBroker({
    sql: {
      server: '127.0.0.1',
      user: 'sa',
      password: 'x',
      connectionTimeout: 300,
      options: { instanceName: 'SQLEXPRESS' },
    },
  });
  await expect(attempt).rejects.toMatchObject({
    code: 'BROKER_UNAVAILABLE',
    message: expect.stringMatching(/127\.0\.0\.1\\SQLEXPRESS .*SQL Server Browser.*UDP 1434.*host,port/),
  });
});

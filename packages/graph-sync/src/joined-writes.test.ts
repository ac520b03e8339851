import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { JoinedWrites } from './joined-writes.ts';

/** A server that reads and says nothing. */
async function silentServer(): Promise<{ readonly port: number; readonly received: () => number }> {
  let received = 0;
  const server: Server = createServer((socket) => socket.on('data', (data) => (received += data.length)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, received: () => received };
}

async function socketTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return socket;
}

test('pieces that are written in one turn are held until its end, and all arrive', async () => {
  const { port, received } = await silentServer();
  using writes = new JoinedWrites(port);
  const socket = await socketTo(port);
  writes.join();
  writes.join();
  for (let piece = 0; piece < 100; piece += 1) socket.write(Buffer.alloc(1_400));
  expect(socket.writableLength).toBe(140_000);
  await turn();
  expect(socket.writableCorked).toBe(0);
  await expect.poll(received).toBe(140_000);
});

test('nothing is held that was not asked for: other ports, and sockets from after its end', async () => {
  const [{ port }, other] = await Promise.all([silentServer(), silentServer()]);
  const writes = new JoinedWrites(port);
  const toOther = await socketTo(other.port);
  writes[Symbol.dispose]();
  const later = await socketTo(port);
  writes.join();
  expect([toOther.writableCorked, later.writableCorked]).toEqual([0, 0]);
});

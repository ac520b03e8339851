import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger } from '@hartonomous/worker-host';
import { expect, onTestFinished, test } from 'vitest';
import { slowClients, startServer } from './server.ts';

async function listening(stalledBodyMs: number, answer: (request: Request) => Promise<Response>) {
  const options = {
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ level: 'silent' }, { name: 'api' }),
    stalledBodyMs,
  };
  const server = await startServer(answer, options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server.port;
}

async function openPost(port: number, length: number): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (chunk) => (received += String(chunk))).on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`);
  return { socket, received: () => received };
}

test('a body takes as long as it comes, a slow answer as long as it is made', async () => {
  // Node's own limit would be five minutes for the whole request.
  expect(slowClients.requestTimeout).toBeGreaterThan(3_600_000);
  const port = await listening(400, async (request) => {
    const text = await request.text();
    await pause(900);
    return new Response(text);
  });
  const { socket, received } = await openPost(port, 6);
  for (const letter of 'abcdef') {
    socket.write(letter);
    await pause(150);
  }
  await once(socket, 'close');
  expect(received()).toMatch(/^HTTP\/1\.1 200 [\s\S]*abcdef/);
});

test('a body that stalls is cut off', async () => {
  const port = await listening(300, async (request) => new Response(await request.text()));
  const { socket, received } = await openPost(port, 6);
  socket.write('abc');
  const startedAt = performance.now();
  await once(socket, 'close');
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(received()).not.toContain(' 200 ');
});

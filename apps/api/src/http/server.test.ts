import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger } from '@hartonomous/worker-host';
import { expect, onTestFinished, test } from 'vitest';
import { serverLimits, startServer } from './server.ts';
import type { BodyPace } from './slow-bodies.ts';

async function listening(bodyPace: BodyPace, answer: (request: Request) => Promise<Response>, unreadMs?: number) {
  const options = {
    ...(unreadMs === undefined ? {} : { unreadMs }),
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ level: 'silent' }, { name: 'api' }),
    bodyPace,
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
  expect(serverLimits.requestTimeout).toBeGreaterThan(3_600_000);
  const port = await listening({ windowMs: 400, leastBytes: 1 }, async (request) => {
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

/** Sends bytes now and then for as long as the other side takes them. */
async function drip(socket: Socket, everyMs: number): Promise<void> {
  const timer = setInterval(() => socket.write('x'), everyMs);
  await once(socket, 'close').finally(() => clearInterval(timer));
}

test.each([
  ['stalls', 100_000],
  ['comes a byte now and then', 40],
])('a body that %s is cut off, and its sender is told why', async (_, everyMs) => {
  const failed = Promise.withResolvers<unknown>();
  const port = await listening({ windowMs: 400, leastBytes: 1_000 }, async (request) => {
    try {
      return new Response(await request.text());
    } catch (error) {
      failed.resolve(error);
      throw error;
    }
  });
  const { socket, received } = await openPost(port, 1_000_000);
  const startedAt = performance.now();
  await drip(socket, everyMs);
  const took = performance.now() - startedAt;
  expect(took).toBeGreaterThan(390);
  expect(took).toBeLessThan(5_000);
  const [head = '', body = ''] = received().split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 408 [\s\S]*Content-Type: application\/problem\+json/);
  expect(JSON.parse(body)).toMatchObject({ status: 408, code: 'BODY_TOO_SLOW', instance: '/' });
  expect(await failed.promise).toBeInstanceOf(Error);
});

test('a body that waits for the server is not cut off', async () => {
  const port = await listening({ windowMs: 200, leastBytes: 1_000 }, async (request) => {
    await pause(1_500);
    return new Response(String((await request.text()).length));
  });
  const { socket, received } = await openPost(port, 4_000_000);
  socket.write(Buffer.alloc(4_000_000, 'x'));
  await once(socket, 'close');
  expect(received()).toMatch(/^HTTP\/1\.1 200 [\s\S]*4000000/);
});

/** Asks for something and reads nothing of the answer. */
async function ask(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return socket;
}

const largeAnswer = 'x'.repeat(30_000_000);

test('an answer that nobody takes is cut off', async () => {
  const gone = Promise.withResolvers<void>();
  const answer = async (request: Request) => {
    request.signal.addEventListener('abort', () => gone.resolve());
    return new Response(largeAnswer);
  };
  const port = await listening({ windowMs: 60_000, leastBytes: 1 }, answer, 300);
  const startedAt = performance.now();
  await ask(port);
  await gone.promise;
  expect(performance.now() - startedAt).toBeGreaterThan(290);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('one that is taken slowly is not, nor one that is still to be made', async () => {
  const answer = async () => {
    await pause(2_500);
    return new Response(largeAnswer);
  };
  const port = await listening({ windowMs: 60_000, leastBytes: 1 }, answer, 2_000);
  const socket = await ask(port);
  const startedAt = performance.now();
  let bytes = 0;
  let closed = false;
  socket
    .once('close', () => (closed = true))
    .on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 10);
    });
  socket.resume();
  await expect.poll(() => closed || bytes > largeAnswer.length, { timeout: 30_000 }).toBe(true);
  expect(bytes).toBeGreaterThan(largeAnswer.length);
  expect(performance.now() - startedAt).toBeGreaterThan(5_000);
});

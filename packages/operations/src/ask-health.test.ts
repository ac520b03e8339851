import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { askHealth } from './ask-health.ts';
import { workerFindings } from './doctor/worker-findings.ts';

const signal = AbortSignal.timeout(60_000);

async function portOf(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Writes on and on, as fast as it is read. */
const endless: RequestListener = (_, response) => {
  const more = () => {
    while (response.write('x'.repeat(65_536)) && !response.destroyed);
  };
  response.on('drain', more);
  more();
};

const drip: RequestListener = (_, response) => {
  const timer = setInterval(() => response.write(' '), 20);
  response.once('close', () => clearInterval(timer));
};

test.each<[string, RequestListener, object]>([
  ['on and on', endless, { status: 200, strange: 'it answers more than 262144 bytes' }],
  ['drop by drop', drip, { status: 200, strange: 'its answer has no end after 0.5 s' }],
  ['text', (_, response) => response.end('pong'), { status: 200, strange: 'its answer is not JSON' }],
  [
    'half',
    (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"name":');
      setTimeout(() => response.destroy(), 50);
    },
    { status: 200, strange: 'its answer breaks off' },
  ],
  [
    'elsewhere',
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    { status: 302, strange: 'its answer is not JSON' },
  ],
  ['JSON', (_, response) => response.end('{"a":1}'), { status: 200, json: { a: 1 }, strange: undefined }],
])('a port that answers %s', async (_, listener, answer) => {
  const startedAt = performance.now();
  const url = `http://127.0.0.1:${await portOf(listener)}/health/ready`;
  expect(await askHealth(url, 500, signal)).toMatchObject(answer);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test('a port that says nothing, and a caller that goes', async () => {
  const url = `http://127.0.0.1:${await portOf(() => undefined)}/health/ready`;
  await expect(askHealth(url, 100, signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(askHealth(url, 10_000, AbortSignal.abort(new TypeError('gone')))).rejects.toThrow('gone');
});

test('doctor says what is wrong with the answer of another program', async () => {
  const port = await portOf(endless);
  const findings = await Array.fromAsync(workerFindings({ host: '127.0.0.1', port }, signal));
  expect(findings).toMatchObject([
    { id: 'worker.other-program', message: expect.stringContaining('(HTTP 200, it answers more than 262144 bytes)') },
  ]);
});

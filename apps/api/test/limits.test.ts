import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { ApiFixture } from './fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

/** What one caller can take from others. */

const tenant = 7421;
const other = 7422;
let api: ApiFixture;
let sender: string;
let operator: string;
let otherSender: string;
let otherOperator: string;

beforeAll(async () => {
  api = await ApiFixture.start([tenant, other], {
    Api__MaxUploads: '4',
    Api__MaxStreams: '4',
    Api__MaxStreamSeconds: '4',
    Api__RequestsPerMinute: '100000',
  });
  [sender, operator, otherSender, otherOperator] = await Promise.all([
    api.key('sender', tenant),
    api.key('operator', tenant),
    api.key('sender', other),
    api.key('operator', other),
  ]);
}, 180_000);
afterAll(() => api?.[Symbol.asyncDispose]());

const post = (key: string, fileName = 'a.txt') =>
  api.ask(`/v1/ingestions?fileName=${fileName}`, key, { method: 'POST', body: 'A sentence.' });

/** Begins an upload that doesn't end until the test does. */
async function beginUpload(key: string): Promise<{ readonly status: () => number | undefined; end(): void }> {
  let status: number | undefined;
  const request = httpRequest(`${await api.address()}/v1/ingestions?fileName=slow.txt`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-length': 1_000 },
    agent: false,
  });
  request
    .on('error', () => undefined)
    .on('response', (response) => {
      status = response.statusCode;
      response.resume();
    });
  request.write('x');
  onTestFinished(() => void request.destroy());
  return { status: () => status, end: () => void request.destroy() };
}

test('a tenant whose uploads take long leaves places for others', async () => {
  const slow = await Promise.all([1, 2, 3, 4].map(() => beginUpload(sender)));
  await eventually(async () => expect(slow.filter(({ status }) => status() === 503)).toHaveLength(2));
  const refused = await post(sender);
  expect(refused).toMatchObject({ status: 503, body: { code: 'TENANT_SHARE_TAKEN' } });
  expect(refused.body.detail).toContain('2 of the 4 uploads');
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await post(otherSender)).toMatchObject({ status: 202 });
  for (const upload of slow) upload.end();
  await eventually(async () => expect((await post(sender)).status).toBe(202));
});

/** Begins a stream and reads nothing of it. */
async function beginStream(key: string, method = 'GET'): Promise<string> {
  const socket = connect(Number(new URL(await api.address()).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const [first] = await Promise.all([
    once(socket, 'data'),
    socket.write(`${method} /v1/queues/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`),
  ]);
  socket.pause();
  return String(first[0]).slice(9, 12);
}

test('a tenant that reads many streams leaves places for others', async () => {
  expect(await Promise.all([1, 2, 3, 4].map(() => beginStream(operator)))).toEqual(
    expect.arrayContaining(['200', '200', '503', '503']),
  );
  expect(await api.ask('/v1/queues/events', operator)).toMatchObject({
    status: 503,
    body: { code: 'TENANT_SHARE_TAKEN' },
  });
  expect(await beginStream(otherOperator)).toBe('200');
  // Their time is over whether they are read or not.
  await eventually(async () => expect(await beginStream(operator)).toBe('200'), { timeoutMs: 20_000 });
});

test('HEAD of a stream takes no place', async () => {
  for (let again = 0; again < 10; again += 1) {
    const { status, headers } = await api.ask('/v1/queues/events', operator, { method: 'HEAD' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
  }
  await eventually(async () => expect(await beginStream(operator)).toBe('200'), { timeoutMs: 20_000 });
});

test('keys that are made up do not keep others out, and a new key works at once', async () => {
  const guess = () => `hk_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  const guesses = Array.from({ length: 300 }, () => api.ask('/v1/identity', guess()));
  const startedAt = performance.now();
  const fresh = await api.key('viewer', tenant);
  expect(await api.ask('/v1/identity', fresh)).toMatchObject({ status: 200 });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  for (const answer of await Promise.all(guesses)) {
    expect(answer).toMatchObject({ status: 401, body: { code: 'NOT_AUTHENTICATED' } });
  }
});

test('a body that would be read whole has a limit, with a length and without', async () => {
  const headers = { 'content-type': 'application/json' };
  const text = JSON.stringify({ reason: 'x'.repeat(2_000_000) });
  for (const path of ['/v1/queues/sync/pause', '/mcp']) {
    for (const body of [text, ReadableStream.from([new TextEncoder().encode(text)])]) {
      const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
      // Some clients don't wait for an answer that comes before the end of their body.
      const answer = await api.ask(path, operator, init).catch(() => undefined);
      if (answer !== undefined) expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
    }
  }
  expect(await api.ask('/v1/identity', operator)).toMatchObject({ status: 200 });
});

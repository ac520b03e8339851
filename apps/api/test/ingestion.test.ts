import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { asRoleLogin, eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ApiFixture } from './fixture.ts';

vi.setConfig({ testTimeout: 180_000 });

const tenant = 7411;
const other = 7412;
const maxBytes = 4_000_000;
let api: ApiFixture;
let sender: string;

beforeAll(async () => {
  api = await ApiFixture.start([tenant, other], {
    Api__MaxUploadBytes: String(maxBytes),
    Api__MaxQueueAgeSeconds: '3600',
  });
  sender = await api.key('sender', tenant);
}, 180_000);
afterAll(() => api?.[Symbol.asyncDispose]());

const post = (
  fileName: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
  key = sender,
) => api.ask(`/v1/ingestions?fileName=${encodeURIComponent(fileName)}`, key, { method: 'POST', body, headers });
const rows = async (sql: string) => (await api.client.querySets(sql, {}))[0] ?? [];
const digestOf = (bytes: Uint8Array | string) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

test('a file is taken in once for each Idempotency-Key, and only if it is what was sent', async () => {
  const text = 'One sentence. And another one.';
  const headers = { 'repr-digest': digestOf(text), 'idempotency-key': 'one' };
  const first = await post('a.txt', text, headers);
  expect(first).toMatchObject({ status: 202, body: { bytes: text.length, isRepeated: false } });
  const location = `/v1/ingestions/${first.body.id}`;
  expect(first.headers.get('location')).toBe(location);
  expect(await post('a.txt', text, headers)).toMatchObject({
    status: 202,
    body: { id: first.body.id, isRepeated: true },
  });
  const taken = await post('b.txt', text, headers);
  expect(taken).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_TAKEN' } });
  // Somebody else's key of the same name is another one.
  const elsewhere = await post('a.txt', text, headers, await api.key('sender', other));
  expect(elsewhere).toMatchObject({ status: 202, body: { isRepeated: false } });
  const wrong = await post('a.txt', `${text} `, { 'repr-digest': digestOf(text) });
  expect(wrong).toMatchObject({ status: 422, body: { code: 'DIGEST_MISMATCH' } });
  expect(await post('a.txt', text, { 'repr-digest': 'md5=:AAAA:' })).toMatchObject({ status: 400 });

  expect((await post('a\u0001.txt', text)).status).toBe(422);

  const jobs = await rows('SELECT FileName, TenantId, Status FROM dbo.IngestionJob ORDER BY IngestionJobId;');
  expect(jobs).toEqual([
    { FileName: 'a.txt', TenantId: tenant, Status: 'QUEUED' },
    { FileName: 'a.txt', TenantId: other, Status: 'QUEUED' },
  ]);
  expect(await api.client.queueDepth('dbo.IngestionQueue')).toBe(2);
  const audit = await rows('SELECT Action, Target, Detail FROM dbo.ApiAudit ORDER BY ApiAuditId;');
  expect(audit).toHaveLength(2);
  expect(JSON.parse(String(audit[0]?.Detail))).toMatchObject({ fileName: 'a.txt', bytes: text.length });

  expect(await api.ask(location, sender)).toMatchObject({ status: 200, body: { state: 'QUEUED', isFinal: false } });
  const theirs = await api.ask(`/v1/ingestions/${elsewhere.body.id}`, sender);
  expect(theirs).toMatchObject({ status: 404, body: { code: 'INGESTION_NOT_FOUND' } });
  expect(await api.ask(`/v1/ingestions/${elsewhere.body.id}/events`, sender)).toMatchObject({ status: 404 });
  expect(await post('a.txt', text, {}, await api.key('viewer', tenant))).toMatchObject({ status: 403 });
});

test('two requests with the same key at the same time are one', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => post('same.txt', 'The same.', { 'idempotency-key': 'same' })));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ body }) => body.isRepeated)).toHaveLength(2);
});

test('a large file goes in slices and is whole; one that is too large leaves nothing in the queue', async () => {
  const bytes = Buffer.alloc(3_500_000, 'A line of some length.\n');
  const { status, body } = await post('large.txt', bytes, { 'repr-digest': digestOf(bytes) });
  expect(status).toBe(202);
  const slices = await rows(
    `SELECT s.Content FROM dbo.IngestionFileSlice AS s
     INNER JOIN dbo.IngestionJob AS j ON j.IngestionFileId = s.IngestionFileId
     WHERE j.IngestionJobId = ${body.id} ORDER BY s.SliceNumber;`,
  );
  expect(slices).toHaveLength(4);
  expect(Buffer.concat(slices.map(({ Content }) => Content as Buffer)).equals(bytes)).toBe(true);

  const depth = await api.client.queueDepth('dbo.IngestionQueue');
  const declared = await post('huge.txt', Buffer.alloc(maxBytes + 1, 'x'));
  expect(declared).toMatchObject({ status: 413, body: { code: 'FILE_TOO_LARGE' } });
  expect(await api.client.queueDepth('dbo.IngestionQueue')).toBe(depth);
});

test('amid an upload the API is killed: nothing is enqueued, and the same request again is taken in once', async () => {
  const part = Buffer.alloc(2_200_000, 'amid ');
  const request = httpRequest(`${await api.address()}/v1/ingestions?fileName=amid.txt`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sender}`, 'idempotency-key': 'amid', 'content-length': part.length + 1 },
  });
  const broken = once(request, 'error');
  request.write(part);
  await eventually(async () => {
    const sql = `SELECT COUNT(*) AS n FROM dbo.IngestionFileSlice AS s
      INNER JOIN dbo.IngestionFile AS f ON f.IngestionFileId = s.IngestionFileId WHERE f.FileName = N'amid.txt';`;
    expect(Number((await rows(sql))[0]?.n)).toBeGreaterThan(0);
  });
  await api.killAndRestart();
  await broken;
  const jobs = "SELECT COUNT(*) AS n FROM dbo.IngestionJob WHERE FileName = N'amid.txt';";
  expect(await rows(jobs)).toEqual([{ n: 0 }]);
  const again = Buffer.concat([part, Buffer.from('.')]);
  const first = await post('amid.txt', again, { 'idempotency-key': 'amid' });
  const second = await post('amid.txt', again, { 'idempotency-key': 'amid' });
  expect([first.body, second.body]).toMatchObject([{ isRepeated: false }, { id: first.body.id, isRepeated: true }]);
  expect(await rows(jobs)).toEqual([{ n: 1 }]);
});

test('while files wait too long, no more are taken in, and the answer says when to come again', async () => {
  await api.client.run(
    "UPDATE dbo.IngestionJob SET EnqueuedAt = DATEADD(HOUR, -2, EnqueuedAt) WHERE Status = N'QUEUED';",
  );
  await eventually(async () => {
    const refused = await post('late.txt', 'Late.');
    expect(refused).toMatchObject({ status: 503, body: { code: 'QUEUE_BEHIND' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
  await api.client.run(
    "UPDATE dbo.IngestionJob SET EnqueuedAt = DATEADD(HOUR, 2, EnqueuedAt) WHERE Status = N'QUEUED';",
  );
  await eventually(async () => expect((await post('late.txt', 'Late.')).status).toBe(202));
});

test('its progress can be followed until its atoms are there', async () => {
  // Not behind the large files of the others.
  const key = await api.key('sender', other);
  const { body } = await post('followed.md', '# Title\n\nA paragraph.\n', {}, key);
  const response = await api.send(`/v1/ingestions/${body.id}/events`, key);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const { ConnectionStrings__HartonomousDb: connection = '' } = api.env;
  new WorkerProgram('ces-consumer', {
    DOTNET_ENVIRONMENT: 'Development',
    ConnectionStrings__HartonomousDb: asRoleLogin(connection, 'worker'),
  });
  // The server ends the stream when the job has ended.
  const states = [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  expect(states.at(0)).toMatchObject({ id: body.id, state: 'QUEUED', isFinal: false });
  expect(states.at(-1)).toMatchObject({ id: body.id, state: 'COMPLETED', isFinal: true, atomizer: 'markdown' });
  expect(states.at(-1).newAtoms).toBeGreaterThan(0);
  expect((await api.ask('/v1/ingestions?state=COMPLETED&limit=1', key)).body.items).toHaveLength(1);
});

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asRoleLogin, eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ApiFixture } from './fixture.ts';
import { UploadsAmidKills } from './uploads-amid-kills.ts';

vi.setConfig({ testTimeout: 180_000 });

const tenant = 7411;
const other = 7412;
const maxBytes = 4_000_000;
let api: ApiFixture;
let sender: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartonomous-uploads-'));
  api = await ApiFixture.start([tenant, other], {
    Api__UploadFolder: folder,
    Api__MaxUploadBytes: String(maxBytes),
    Api__MaxQueueAgeSeconds: '3600',
    Api__RequestsPerMinute: '100000',
  });
  sender = await api.key('sender', tenant);
}, 180_000);
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const post = (
  fileName: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
  key = sender,
) => api.ask(`/v1/ingestions?fileName=${encodeURIComponent(fileName)}`, key, { method: 'POST', body, headers });
const rows = async (sql: string) => (await api.client.querySets(sql, {}))[0] ?? [];
const slicesOf = async (jobId: unknown) => {
  const found = await rows(
    `SELECT s.Content FROM dbo.IngestionFileSlice AS s
     INNER JOIN dbo.IngestionJob AS j ON j.IngestionFileId = s.IngestionFileId
     WHERE j.IngestionJobId = ${jobId} ORDER BY s.SliceNumber;`,
  );
  return found.map(({ Content }) => Content as Buffer);
};
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

test('a body that is packed, a form, or a part is not taken for a file', async () => {
  const wrapped = { status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } };
  const form = new FormData();
  form.set('file', new Blob(['A form.']), 'wrapped.txt');
  const path = '/v1/ingestions?fileName=wrapped.txt';
  expect(await api.ask(path, sender, { method: 'POST', body: form })).toMatchObject(wrapped);
  expect(await post('wrapped.txt', 'Packed.', { 'content-encoding': 'gzip' })).toMatchObject(wrapped);
  expect(await post('wrapped.txt', 'Part.', { 'content-range': 'bytes 0-4/10' })).toMatchObject({
    status: 400,
    body: { errors: [{ in: 'header', pointer: '/Content-Range' }] },
  });
  expect(await rows("SELECT COUNT(*) AS n FROM dbo.IngestionJob WHERE FileName = N'wrapped.txt';")).toEqual([{ n: 0 }]);
  // As curl sends a file unless it is told otherwise.
  const usual = { 'content-encoding': 'identity', 'content-type': 'application/x-www-form-urlencoded' };
  expect(await post('usual.txt', 'As it is.', usual)).toMatchObject({ status: 202 });
  const saved = { 'content-type': 'multipart/related; boundary=x' };
  expect(await post('page.mhtml', 'A page.', saved)).toMatchObject({ status: 202 });
});

test('a file gets the level that its request names, and another level is another request', async () => {
  const send = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    api.ask(`/v1/ingestions?fileName=level.txt${query}`, sender, { method: 'POST', body: 'A level.', headers });
  const key = { 'idempotency-key': 'level' };
  expect((await send('&classification=restricted', key)).status).toBe(202);
  expect((await send('&classification=restricted', key)).body).toMatchObject({ isRepeated: true });
  for (const query of ['', '&classification=public']) {
    expect(await send(query, key)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_TAKEN' } });
  }
  expect(await send('&classification=secret')).toMatchObject({
    status: 400,
    body: { errors: [{ in: 'query', pointer: '/classification' }] },
  });
  const [{ Classification, Detail } = {}] = await rows(
    `SELECT j.Classification, a.Detail FROM dbo.IngestionJob AS j
     INNER JOIN dbo.ApiAudit AS a ON a.Target = CONCAT(N'Ingestion/', j.IngestionJobId) WHERE j.FileName = N'level.txt';`,
  );
  expect(Classification).toBe('restricted');
  expect(JSON.parse(String(Detail))).toMatchObject({ classification: 'restricted' });
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
  const slices = await slicesOf(body.id);
  expect(slices).toHaveLength(7);
  expect(Buffer.concat(slices).equals(bytes)).toBe(true);

  const depth = await api.client.queueDepth('dbo.IngestionQueue');
  const declared = await post('huge.txt', Buffer.alloc(maxBytes + 1, 'x'));
  expect(declared).toMatchObject({ status: 413, body: { code: 'FILE_TOO_LARGE' } });
  expect(await api.client.queueDepth('dbo.IngestionQueue')).toBe(depth);
});

const slice = 512 * 1024;

test.each([
  [0, []],
  [slice - 1, [slice - 1]],
  [slice, [slice]],
  [slice + 1, [slice, 1]],
  [2 * slice, [slice, slice]],
  [3 * slice + 5, [slice, slice, slice, 5]],
])('a file of %i bytes is whole', async (size, sizes) => {
  const bytes = randomBytes(size);
  const { status, body } = await post(`sized-${size}.bin`, bytes, { 'repr-digest': digestOf(bytes) });
  expect(status).toBe(202);
  const slices = await slicesOf(body.id);
  expect(slices.map(({ length }) => length)).toEqual(sizes);
  expect(Buffer.concat(slices).equals(bytes)).toBe(true);
});

test('a file comes in chunks, without a length that is known before', async () => {
  const parts = ['One sentence. ', 'And ', 'another one.'];
  const body = ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)));
  const init = { method: 'POST', body, duplex: 'half', headers: { 'repr-digest': digestOf(parts.join('')) } };
  const taken = await api.ask('/v1/ingestions?fileName=chunked.txt', sender, init as RequestInit);
  expect(taken).toMatchObject({ status: 202, body: { bytes: parts.join('').length } });
  const endless = ReadableStream.from(
    (function* () {
      for (let sent = 0; sent <= maxBytes; sent += 100_000) yield new Uint8Array(100_000);
    })(),
  );
  const large = { ...init, body: endless, headers: {} };
  const refused = await api
    .ask('/v1/ingestions?fileName=endless.txt', sender, large as RequestInit)
    .catch(() => undefined);
  // The answer comes before the end of the body, which some clients don't wait for.
  if (refused !== undefined) expect(refused).toMatchObject({ status: 413 });
  expect(await rows("SELECT COUNT(*) AS n FROM dbo.IngestionJob WHERE FileName = N'endless.txt';")).toEqual([{ n: 0 }]);
});

test('an upload by tus goes on where it broke off, whichever side was killed, and is taken in once', async () => {
  const tus = async (path: string, method: string, headers: Record<string, string>, body?: Buffer, key = sender) =>
    await api.send(path, key, {
      ...{ method, headers: { 'tus-resumable': '1.0.0', ...headers } },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
  const bytes = Buffer.alloc(3_000_000, 'Resumed, line by line.\n');
  const text = (value: string) => Buffer.from(value).toString('base64');
  const digest = createHash('sha256').update(bytes).digest('hex');
  const create = async (size: number, metadata: string) =>
    await tus('/v1/uploads', 'POST', { 'upload-length': String(size), 'upload-metadata': metadata });
  const created = await create(bytes.length, `filename ${text('tus.txt')},sha256 ${text(digest)}`);
  expect(created.status).toBe(201);
  const location = created.headers.get('location') ?? '';
  const patch = (from: number, to: number) =>
    tus(
      location,
      'PATCH',
      { 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' },
      bytes.subarray(from, to),
    );
  const offset = async (key = sender) => {
    const { status, headers } = await tus(location, 'HEAD', {}, undefined, key);
    return { status, at: Number(headers.get('upload-offset')), ingestion: headers.get('ingestion-location') };
  };
  expect((await patch(0, 1_000_000)).status).toBe(204);
  // Amid the next part, first the client ends and then the server is killed.
  const client = httpRequest(`${await api.address()}${location}`, {
    method: 'PATCH',
    headers: {
      ...{ authorization: `Bearer ${sender}`, 'tus-resumable': '1.0.0', 'upload-offset': '1000000' },
      ...{ 'content-type': 'application/offset+octet-stream', 'content-length': 2_000_000 },
    },
  });
  const broken = once(client, 'error');
  client.write(bytes.subarray(1_000_000, 1_500_000));
  await eventually(async () =>
    expect((await stat(join(folder, location.split('/').at(-1) ?? ''))).size).toBe(1_500_000),
  );
  client.destroy(new Error('the client ends'));
  await broken;
  await api.killAndRestart();
  expect(await offset()).toEqual({ status: 200, at: 1_500_000, ingestion: null });
  expect((await offset(await api.key('sender', tenant))).status).toBe(404);
  expect((await patch(1_000_000, 1_200_000)).status).toBe(409);
  const last = await patch(1_500_000, bytes.length);
  expect(last.status).toBe(204);
  const ingestion = last.headers.get('ingestion-location') ?? '';
  expect((await api.ask(ingestion, sender)).body).toMatchObject({ fileName: 'tus.txt', state: 'QUEUED' });
  // The answer may be what was lost.
  expect(await offset()).toEqual({ status: 200, at: bytes.length, ingestion });
  const [content = []] = await api.client.querySets(
    `SELECT s.Content FROM dbo.IngestionFileSlice AS s INNER JOIN dbo.IngestionJob AS j ON j.IngestionFileId = s.IngestionFileId
     WHERE j.FileName = N'tus.txt' ORDER BY s.SliceNumber;`,
    {},
  );
  expect(Buffer.concat(content.map(({ Content }) => Content as Buffer)).equals(bytes)).toBe(true);
  expect(await rows("SELECT COUNT(*) AS n FROM dbo.IngestionJob WHERE FileName = N'tus.txt';")).toEqual([{ n: 1 }]);

  // Killed between the last byte and the job: who asks how far it has come has it taken in.
  const short = await create(3, `filename ${text('left.txt')},classification ${text('confidential')}`);
  const left = short.headers.get('location') ?? '';
  await writeFile(join(folder, left.split('/').at(-1) ?? ''), 'abc');
  expect((await tus(left, 'HEAD', {})).headers.get('ingestion-location')).toMatch(/^\/v1\/ingestions\/\d+$/);
  expect(await rows("SELECT Classification AS level FROM dbo.IngestionJob WHERE FileName = N'left.txt';")).toEqual([
    { level: 'confidential' },
  ]);

  expect((await create(5, `nothing ${text('x')}`)).status).toBe(400);
  const unusable = await create(5, `filename ${text('a\u0001.txt')}`);
  expect([unusable.status, await unusable.text()]).toEqual([422, expect.stringContaining('(NAME_NOT_USABLE)')]);
  expect((await create(5, `filename ${text('x.txt')},classification ${text('secret')}`)).status).toBe(400);
  expect((await create(maxBytes + 1, `filename ${text('huge.txt')}`)).status).toBe(413);
  expect(
    (await tus('/v1/uploads', 'POST', { 'upload-length': '1' }, undefined, await api.key('viewer', tenant))).status,
  ).toBe(403);
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

test('while files wait too long, no more are taken in, and the answer says when to retry', async () => {
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
  const document = `/v1/ingestions?document=${states.at(-1).documentAtomId}`;
  expect((await api.ask(document, key)).body.items).toMatchObject([{ id: body.id, fileName: 'followed.md' }]);
  expect((await api.ask(document, sender)).body.items).toEqual([]);
});

test('ingestions that have ended are events of OpenLineage, up to the first that has not', async () => {
  const key = await api.key('viewer', other);
  const answer = await api.send('/v1/exports/openlineage', key);
  const next = answer.headers.get('next-after');
  const events = (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const types = events.map(({ eventType }) => eventType);
  expect(types.filter((type) => type === 'START')).toHaveLength(types.length / 2);
  const followed = events.find(({ inputs, eventType }) => inputs[0].name === 'followed.md' && eventType === 'COMPLETE');
  expect(followed).toMatchObject({
    eventTime: expect.stringMatching(/^\d{4}-.*Z$/),
    run: { runId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) },
    job: { namespace: `hartonomous:tenant:${other}`, name: 'ingestion' },
    outputs: [
      {
        name: expect.stringMatching(/^document\/\d+$/),
        outputFacets: { outputStatistics: { rowCount: expect.any(Number) } },
      },
    ],
  });
  const again = await api.send(`/v1/exports/openlineage?after=${next}`, key);
  expect(await again.text()).toBe('');
  expect(again.headers.get('next-after')).toBe(next);
});

test('chaos: killed repeatedly amid uploads, it loses nothing that it acknowledged and duplicates nothing', async () => {
  const kills = process.env.CHAOS_FORM === 'long' ? 20 : 2;
  const uploads = new UploadsAmidKills(api, sender, kills === 20 ? 2_000_000 : 400_000);
  for (let kill = 0; kill < kills; kill += 1) {
    // At another moment each time: a quarter, two, three quarters of those that were under way have been answered.
    await uploads.untilAnswered(1 + (kill % 3));
    await api.killAndRestart();
  }
  const answered = await uploads.finish();
  expect(answered.length).toBeGreaterThanOrEqual(2 * kills);
  const jobs = await rows(
    `SELECT j.FileName, MAX(j.IngestionJobId) AS Id, COUNT(DISTINCT j.IngestionJobId) AS Jobs, SUM(DATALENGTH(s.Content)) AS Bytes
     FROM dbo.IngestionJob AS j LEFT JOIN dbo.IngestionFileSlice AS s ON s.IngestionFileId = j.IngestionFileId
     WHERE j.FileName LIKE N'chaos-%' GROUP BY j.FileName;`,
  );
  // Whatever is there was answered, and the other way round: once each, with all of its bytes, under the number that was answered.
  const there = jobs.map(({ FileName, Id, Jobs, Bytes }) => `${FileName} ${Id}: ${Jobs} job, ${Bytes} bytes`);
  expect(there.toSorted()).toEqual(
    answered.map(({ name, id, bytes }) => `${name} ${id}: 1 job, ${bytes} bytes`).toSorted(),
  );
}, 600_000);

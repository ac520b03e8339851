import { join } from 'node:path';
import { probeWorker, workerServices } from '@hartonomous/operations';
import {
  eventually,
  type GivenEmbeddingAnswer,
  openAiBody,
  type ReceivedEmbeddingRequest,
  repositoryRoot,
  startEmbeddingServer,
  vectorOf,
} from '@hartonomous/test-support';
import { beforeEach, expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();
const model = 'text-embedding-3-small';

beforeEach(() => fixture().enable(model, 8));

const good = (request: ReceivedEmbeddingRequest): GivenEmbeddingAnswer => ({ body: openAiBody(request, 8) });
const error = (status: number, code: string, headers = {}) => ({
  status,
  headers,
  body: { error: { code, message: `${code} of the test` } },
});
/** As `hartonomous release` does, through the one generator that runs. */
const probed = async () => {
  const [running] = await fixture().sql(
    "SELECT w.Instance AS instance FROM dbo.WorkerInstance AS w WHERE w.State <> N'STOPPED';",
  );
  const service = workerServices.find(({ name }) => name === 'embedding-generator');
  if (service === undefined) throw new Error('There is no such service.');
  return await probeWorker({
    ...{ client: fixture().client, service, instance: String(running?.instance), owner: 'test', timeoutMs: 60_000 },
    signal: new AbortController().signal,
  });
};
const texts = (count: number, name = 'text') => Array.from({ length: count }, (_, index) => `${name} number ${index}`);
/** A vector as it is stored: of length 1, with 32 bits a number. */
const stored = (text: string) => {
  const numbers = vectorOf(text, 8);
  const length = Math.hypot(...numbers);
  return numbers.map((value) => expect.closeTo(value / length, 5));
};

test('atoms get their vectors, wake-ups do it at once, and no text is paid twice', async () => {
  await using server = await startEmbeddingServer(good);
  const given = [...texts(40), 'number 7', 'text number 7', null, '  ', 'text number 7'];
  const worker = fixture().worker(server.url, { Embedding__PollMs: '600000', Embedding__Provider__MaxInputs: '16' });
  await worker.polling();
  const ids = await fixture().insert(given);
  await fixture().idle();
  const vectors = await fixture().vectors();
  for (const [index, text] of given.entries()) {
    const expected = text === null || text.trim() === '' ? undefined : stored(text);
    expect(vectors.get(ids[index] ?? ''), String(text)).toEqual(expected);
  }
  expect([...server.paid.values()].every((times) => times === 1)).toBe(true);
  const [row] = await fixture().sql(
    `SELECT e.Dimension AS dimension, e.Windows AS windows, e.Tokens AS tokens, DATALENGTH(e.TextHash) AS hash,
       e.ProjectionX AS x, e.BucketX AS bucketX, e.HilbertValue AS hilbert, j.Status AS status
     FROM dbo.AtomEmbedding AS e
     INNER JOIN dbo.BackgroundJob AS j ON j.BackgroundJobId = e.BackgroundJobId
     WHERE e.AtomId = @id;`,
    { id: ids[0] ?? '' },
  );
  expect(row).toMatchObject({ dimension: 8, windows: 1, tokens: 4, hash: 32, status: 'COMPLETED' });
  expect(row?.bucketX).toBe(Math.floor(Number(row?.x) / 0.1));
  expect(BigInt(String(row?.hilbert))).toBeGreaterThan(0n);

  // Unchanged text, changed text, the text of another atom, and none.
  const [same = '', changed = '', other = '', emptied = ''] = ids;
  await fixture().change(same, given[0] ?? '');
  await fixture().change(changed, 'a new text');
  await fixture().change(other, given[5] ?? '');
  await fixture().change(emptied, null);
  await fixture().idle();
  const after = await fixture().vectors();
  expect([after.get(same), after.get(changed), after.get(other), after.get(emptied)]).toEqual([
    stored(given[0] ?? ''),
    stored('a new text'),
    stored(given[5] ?? ''),
    undefined,
  ]);
  expect([...server.paid.values()].every((times) => times === 1)).toBe(true);

  // The probe of a release: a job from its wake-up to its end, and no text is sent for it.
  expect((await probed()).text).toMatch(/ended a job for atom \d+ in \d+ ms \(COMPLETED\)$/);
  expect([...server.paid.values()].every((times) => times === 1)).toBe(true);

  await eventually(async () => expect((await worker.metrics()).value('hartonomous_embedding_waiting')).toBe(0));
  const page = await worker.metrics();
  expect(page.value('hartonomous_embedding_inputs_total')).toBe(42);
  expect((await worker.ready()).status).toBe(200);
  await worker.stop();
  expect(worker.output + worker.errors).not.toContain('sk-under-test');
});

test('a text that the provider refuses is dead, and holds up no others', async () => {
  await using server = await startEmbeddingServer((request) =>
    request.inputs.includes('text number 3') ? error(400, 'content_filter') : good(request),
  );
  await fixture().insert(texts(10));
  const worker = fixture().worker(server.url);
  await fixture().idle();
  expect(await fixture().statuses()).toEqual({ COMPLETED: 9, DEAD: 1 });
  expect(
    await fixture().sql(
      "SELECT j.ErrorCode AS code, j.ErrorText AS text FROM dbo.BackgroundJob AS j WHERE j.Status = N'DEAD';",
    ),
  ).toEqual([{ code: 'INPUT_REFUSED', text: expect.stringContaining('content_filter of the test') }]);
  await worker.logged('10 embedding jobs: 9 embedded, 1 dead');
  await worker.stop();
});

test('outage and rate limit: jobs wait, no attempt is counted, health says so, and all goes on by itself', async () => {
  let answer: (request: ReceivedEmbeddingRequest) => GivenEmbeddingAnswer = () => error(503, 'down');
  await using server = await startEmbeddingServer((request) => answer(request));
  await fixture().insert(texts(20));
  const worker = fixture().worker(server.url);
  await eventually(
    async () => {
      const { warnings, status } = await worker.ready();
      expect(warnings).toMatchObject([
        { name: 'embedding-provider', text: expect.stringContaining('down of the test') },
      ]);
      expect(status).toBe(200);
    },
    { timeoutMs: 60_000 },
  );
  expect((await worker.metrics()).value('hartonomous_embedding_waiting')).toBe(20);
  answer = () => error(429, 'rate_limit_exceeded', { 'retry-after-ms': '200' });
  const limited = async () => (await worker.metrics()).value('hartonomous_embedding_rate_limited_total');
  await eventually(async () => expect(await limited()).toBeGreaterThan(2), { timeoutMs: 60_000 });
  answer = good;
  await fixture().idle();
  expect(await fixture().statuses()).toEqual({ COMPLETED: 20 });
  expect(await fixture().sql('SELECT MAX(j.Attempts) AS n FROM dbo.BackgroundJob AS j;')).toEqual([{ n: 1 }]);
  await eventually(async () => expect((await worker.ready()).warnings).toEqual([]), { timeoutMs: 60_000 });
  await worker.stop();
});

test('what waits for a paused model is counted', async () => {
  await using server = await startEmbeddingServer(good);
  await fixture().insert(texts(3));
  await fixture().client.run("UPDATE dbo.EmbeddingModel SET State = N'PAUSED';");
  const worker = fixture().worker(server.url, { Embedding__PollMs: '100' });
  await eventually(async () => expect((await worker.metrics()).value('hartonomous_embedding_waiting')).toBe(3), {
    timeoutMs: 60_000,
  });
  expect(server.paid.size).toBe(0);
  await fixture().client.run("UPDATE dbo.EmbeddingModel SET State = N'ENABLED';");
  await fixture().idle();
  expect(await fixture().statuses()).toEqual({ COMPLETED: 3 });
  await worker.stop();
});

test('tenants share the claims: one with many jobs holds up no other, and changes come before backfill', async () => {
  const { client } = fixture();
  await client.run(`INSERT INTO dbo.Tenant (TenantId, Name) SELECT v.n, N'other' FROM (VALUES (2), (3)) AS v (n)
    WHERE NOT EXISTS (SELECT 1 FROM dbo.Tenant AS t WHERE t.TenantId = v.n);`);
  const job = (tenant: number, count: number, priority: number) =>
    client.run(
      `INSERT INTO dbo.BackgroundJob (JobType, EmbeddingModelId, TenantId, AtomId, Priority)
       SELECT N'GenerateEmbedding', m.EmbeddingModelId, @tenant, CONVERT(BIGINT, i.[value]), @priority
       FROM dbo.EmbeddingModel AS m CROSS JOIN OPENJSON(@ids) AS i WHERE m.ModelKey = 'under_test';`,
      { tenant, priority, ids: JSON.stringify(Array.from({ length: count }, (_, index) => index + 1)) },
    );
  await job(1, 500, 10);
  await job(2, 3, 10);
  await job(3, 40, 10);
  await job(3, 5, 0);
  const claim = async (count: number) => {
    const rows = await fixture().sql(
      `DECLARE @Id INT;
       SELECT @Id = m.EmbeddingModelId FROM dbo.EmbeddingModel AS m WHERE m.ModelKey = 'under_test';
       EXEC dbo.sp_ClaimEmbeddingJobs @EmbeddingModelId = @Id, @WorkerId = '6F9619FF-8B86-D011-B42D-00C04FC964FF', @Count = @count,
         @LeaseSeconds = 600;`,
      { count },
    );
    return Object.fromEntries(
      [1, 2, 3].map((tenant) => [tenant, rows.filter((row) => row.TenantId === tenant).length]),
    );
  };
  // Five changes of tenant 3; of what is left a third for each, and what tenant 2 leaves of its own for both others.
  expect(await claim(66)).toEqual({ 1: 29, 2: 3, 3: 5 + 29 });
  expect(await claim(100)).toEqual({ 1: 89, 2: 0, 3: 11 });
  const seen = new Set<number>();
  await job(2, 9, 10);
  await job(3, 9, 10);
  // With room for one, each has its turn sooner or later.
  for (let turn = 0; turn < 60 && seen.size < 3; turn += 1) {
    const [tenant] = Object.entries(await claim(1)).find(([, count]) => count > 0) ?? [];
    seen.add(Number(tenant));
  }
  expect([...seen].sort()).toEqual([1, 2, 3]);
});

test('the cap of a day ends the calls, health says so, and a raised one lets them go on', async () => {
  await using server = await startEmbeddingServer(good);
  await fixture().insert(texts(40));
  const env = { Embedding__Provider__MaxInputs: '4', Embedding__PollMs: '200', Embedding__PricePerMillionTokens: '20' };
  // A text has 13 or 14 characters, which the server bills as tokens.
  const capped = fixture().worker(server.url, { ...env, Embedding__MaxCostPerDay: '0.003' });
  await eventually(
    async () => {
      const { warnings, status } = await capped.ready();
      expect(warnings).toMatchObject([
        { name: 'embedding-budget', text: expect.stringContaining('of a cost of 0.003') },
      ]);
      expect(status).toBe(200);
    },
    { timeoutMs: 60_000 },
  );
  const paid = server.paid.size;
  expect(paid).toBe(12);
  expect(await fixture().statuses()).toEqual({ COMPLETED: paid, PENDING: 40 - paid });
  const tokens = [...server.paid.keys()].reduce((sum, text) => sum + text.length, 0);
  const rows = () =>
    fixture().sql(
      `SELECT u.Requests AS requests, u.Inputs AS inputs, u.Tokens AS tokens, CONVERT(FLOAT, u.Cost) AS cost,
         CASE WHEN u.CapReachedAt IS NULL THEN 0 ELSE 1 END AS capped FROM dbo.EmbeddingUsage AS u;`,
    );
  const cost = (of: number) => expect.closeTo((of * 20) / 1_000_000, 6);
  expect(await rows()).toEqual([
    { requests: '3', inputs: '12', tokens: String(tokens), cost: cost(tokens), capped: 1 },
  ]);
  expect(await fixture().sql('SELECT MAX(j.Attempts) AS n FROM dbo.BackgroundJob AS j;')).toEqual([{ n: 1 }]);
  await capped.stop();
  const free = fixture().worker(server.url, { ...env, Embedding__MaxTokensPerDay: '1000000' });
  await fixture().idle();
  const all = texts(40).reduce((sum, text) => sum + text.length, 0);
  await eventually(async () =>
    expect(await rows()).toEqual([{ requests: '10', inputs: '40', tokens: String(all), cost: cost(all), capped: 0 }]),
  );
  const page = await free.metrics();
  expect(page.value('hartonomous_embedding_cost_total')).toBeCloseTo(((all - tokens) * 20) / 1_000_000, 6);
  expect(page.value('hartonomous_embedding_eligible')).toBe(40);
  await free.stop();
});

test('a stop lets go of what it has not begun with, and the next worker goes on at once', async () => {
  await using server = await startEmbeddingServer((request) => ({ ...good(request), delayMs: 300 }));
  await fixture().insert(texts(60));
  const one = fixture().worker(server.url, { Embedding__Provider__MaxInputs: '4', Embedding__LeaseSeconds: '3600' });
  await eventually(() => expect(server.paid.size).toBeGreaterThan(4), { timeoutMs: 60_000 });
  await one.stop();
  expect(await fixture().statuses()).toEqual({ COMPLETED: server.paid.size, PENDING: 60 - server.paid.size });
  const other = fixture().worker(server.url);
  await fixture().idle();
  expect((await fixture().vectors()).size).toBe(60);
  expect([...server.paid.values()].every((times) => times === 1)).toBe(true);
  await other.stop();
});

test('SIGKILL repeatedly: every atom gets its vector, and a kill costs no more than a call', async () => {
  await using server = await startEmbeddingServer((request) => ({ ...good(request), delayMs: 40 }));
  const maxInputs = 16;
  // `pnpm test:chaos` runs the long form.
  const isLong = process.env.CHAOS_FORM === 'long';
  const count = isLong ? 5_000 : 250;
  const given = texts(count);
  await fixture().insert(given);
  const env = {
    Embedding__Provider__MaxInputs: String(maxInputs),
    Embedding__ClaimJobs: isLong ? '256' : '48',
    Embedding__LeaseSeconds: '3',
    Embedding__PollMs: '200',
  };
  const kills = isLong ? 30 : 3;
  // So that the kills are spread over all of the work.
  const each = Math.max(maxInputs, Math.floor(count / (kills + 1)));
  for (let kill = 0; kill < kills; kill += 1) {
    const paid = server.paid.size;
    const worker = fixture().worker(server.url, env);
    await eventually(() => expect(server.paid.size).toBeGreaterThan(Math.min(paid + each, count - 1)), {
      timeoutMs: 60_000,
      intervalMs: 5,
    });
    worker.kill('SIGKILL');
    expect((await worker.exit()).signal).toBe('SIGKILL');
  }
  const last = fixture().worker(server.url, env);
  await fixture().idle(isLong ? 600_000 : undefined);
  expect((await fixture().vectors()).size).toBe(count);
  const twice = [...server.paid.values()].reduce((sum, times) => sum + times - 1, 0);
  expect(twice).toBeLessThanOrEqual(kills * maxInputs);
  await last.stop();
}, 900_000);

test('wake-ups that say nothing wake', async () => {
  await using server = await startEmbeddingServer(good);
  const worker = fixture().worker(server.url);
  await worker.polling();
  await fixture().client.send({
    fromService: 'HartonomousInitiatorService',
    toService: 'EmbeddingService',
    contract: 'EmbeddingContract',
    messages: [{ messageType: 'EmbeddingRequest', body: '<Anything/>' }],
  });
  await fixture().insert(['one']);
  await fixture().idle();
  expect(await fixture().sql('SELECT COUNT(*) AS n FROM dbo.EmbeddingDeadLetterQueue;')).toEqual([{ n: 0 }]);
  expect((await fixture().vectors()).size).toBe(1);
  await worker.stop();
});

test('a model that the settings do not mean is left alone, and health says so', async () => {
  await fixture().enable('bge-m3', 1_024);
  await using server = await startEmbeddingServer(good);
  await fixture().insert(['one']);
  const worker = fixture().worker(server.url, { Embedding__PollMs: '200' });
  await eventually(
    async () => {
      expect((await worker.ready()).warnings).toMatchObject([
        { name: 'embedding-model', text: expect.stringContaining('bge-m3 with 1024 numbers') },
      ]);
    },
    { timeoutMs: 60_000 },
  );
  expect(await fixture().statuses()).toEqual({ PENDING: 1 });
  await worker.stop();
});

test('a model in this process: vectors without a server, and a stop lets go of it', async () => {
  await fixture().enable('all-minilm-l6-v2', 384);
  await fixture().insert([...texts(20), 'long '.repeat(600)]);
  const worker = fixture().worker(undefined, {
    Embedding__Model: 'all-minilm-l6-v2',
    Embedding__Dimension: '384',
    Embedding__Provider__Kind: 'onnx',
    Embedding__Provider__ModelFolder: join(repositoryRoot, 'packages/embedding-providers/test/tiny-encoder'),
  });
  await fixture().idle();
  const vectors = await fixture().vectors();
  expect(vectors.size).toBe(21);
  for (const vector of vectors.values()) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  await worker.logged('The model runs in this process (native).');
  await worker.stop();
});

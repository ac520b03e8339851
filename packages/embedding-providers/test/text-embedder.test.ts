import {
  type EmbeddingServer,
  type GivenEmbeddingAnswer,
  openAiBody,
  type ReceivedEmbeddingRequest,
  startEmbeddingServer,
} from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import {
  createProvider,
  type EmbeddedText,
  type RateLimitedError,
  TextEmbedder,
  type TextEmbedderOptions,
} from '../src/index.ts';

const signal = new AbortController().signal;

async function embedder(
  { url }: EmbeddingServer,
  limits: { readonly maxInputs?: number; readonly maxTokens?: number } = {},
  options: TextEmbedderOptions = {},
) {
  const model = { model: 'text-embedding-3-small', dimension: 8 };
  return TextEmbedder.create(
    await createProvider({ kind: 'openai', endpoint: url, ...model, ...limits }, signal),
    options,
  );
}

async function all(subject: TextEmbedder, texts: readonly string[]): Promise<EmbeddedText[]> {
  const found: EmbeddedText[] = [];
  for await (const batch of subject.embed(texts, 'document', signal)) found.push(...batch);
  return found.sort((one, other) => one.place - other.place);
}

const good = (request: ReceivedEmbeddingRequest): GivenEmbeddingAnswer => ({ body: openAiBody(request, 8) });
const error = (status: number, code: string, headers = {}) => ({
  status,
  headers,
  body: { error: { code, message: code } },
});
const texts = (count: number) => Array.from({ length: count }, (_, index) => `text number ${index}`);
const once = (server: EmbeddingServer, inputs: readonly string[]) =>
  expect([...server.paid].sort()).toEqual(inputs.map((input) => [input, 1] as const).sort());

test('batches by both limits; each text once, with length 1', async () => {
  await using server = await startEmbeddingServer(good);
  const found = await all(await embedder(server, { maxInputs: 4, maxTokens: 13 }), texts(9));
  // Four tokens a text.
  expect(server.requests.map(({ inputs }) => inputs.length)).toEqual([3, 3, 3]);
  once(server, texts(9));
  expect(found.map(({ place }) => place)).toEqual(texts(9).map((_, index) => index));
  for (const text of found) expect('vector' in text && Math.hypot(...text.vector)).toBeCloseTo(1, 5);
});

test('too much for a call: halves, and no half twice', async () => {
  await using server = await startEmbeddingServer((request) =>
    request.inputs.length > 3 ? error(400, 'max_tokens_per_request') : good(request),
  );
  expect(await all(await embedder(server), texts(10))).toHaveLength(10);
  once(server, texts(10));
});

test('one input that is refused is found, and the others are paid once', async () => {
  await using server = await startEmbeddingServer((request) =>
    request.inputs.includes('text number 5') ? error(400, 'content_filter') : good(request),
  );
  const found = await all(await embedder(server), texts(9));
  expect(found.flatMap((text) => ('refused' in text ? [[text.place, text.refused.message]] : []))).toEqual([
    [5, expect.stringContaining('content_filter')],
  ]);
  // 'health' asks whether the provider refuses everything.
  once(server, [...texts(9).toSpliced(5, 1), 'health']);
});

test('one input with a vector of no numbers is refused, and others are not', async () => {
  await using server = await startEmbeddingServer((request) => {
    const body = openAiBody(request, 8) as { data: { index: number; embedding: unknown }[] };
    for (const item of body.data)
      if (request.inputs[item.index] === 'text number 2') item.embedding = Array(8).fill(null);
    return { body };
  });
  const found = await all(await embedder(server), texts(4));
  expect(found.map((text) => 'refused' in text)).toEqual([false, false, true, false]);
});

test('a wrong dimension is nobody’s text: it is thrown', async () => {
  await using server = await startEmbeddingServer((request) => ({ body: openAiBody(request, 7) }));
  await expect(all(await embedder(server), texts(3))).rejects.toMatchObject({ code: 'INVALID_ANSWER' });
});

test.each([
  [400, 'unsupported_parameter', 'INPUT_REFUSED'],
  [413, 'payload_too_large', 'CALL_TOO_LARGE'],
])(
  'a provider that answers %i whatever it is sent has nothing against a text: it is thrown',
  async (status, code, thrown) => {
    await using server = await startEmbeddingServer(() => error(status, code));
    await expect(all(await embedder(server), texts(3))).rejects.toMatchObject({ code: thrown });
  },
);

test('429: the same call again after the time that is asked for, not split', async () => {
  let calls = 0;
  const waits: number[] = [];
  await using server = await startEmbeddingServer((request) => {
    calls += 1;
    return calls <= 2 ? error(429, 'rate_limit_exceeded', { 'retry-after-ms': '60' }) : good(request);
  });
  const subject = await embedder(server, {}, { onRateLimited: (_, waitMs) => waits.push(waitMs) });
  const startedAt = performance.now();
  expect(await all(subject, texts(5))).toHaveLength(5);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  expect(waits).toEqual([60, 60]);
  expect(server.requests.map(({ inputs }) => inputs.length)).toEqual([5, 5, 5]);
});

test('429 that asks for no wait is not taken as an invitation to call at full speed', async () => {
  let calls = 0;
  const waits: number[] = [];
  await using server = await startEmbeddingServer((request) => {
    calls += 1;
    return calls <= 2 ? error(429, 'rate_limit_exceeded', { 'retry-after': '0' }) : good(request);
  });
  const subject = await embedder(server, {}, { onRateLimited: (_, waitMs) => waits.push(waitMs) });
  expect(await all(subject, texts(5))).toHaveLength(5);
  expect(waits).toHaveLength(2);
  for (const waitMs of waits) expect(waitMs).toBeGreaterThan(50);
});

test('429 for longer than it may wait is thrown, after what was done before', async () => {
  await using server = await startEmbeddingServer((request) =>
    request.inputs.includes('text number 2') ? error(429, 'x', { 'retry-after': '3600' }) : good(request),
  );
  const subject = await embedder(server, { maxInputs: 2 });
  const found: EmbeddedText[] = [];
  const run = async () => {
    for await (const batch of subject.embed(texts(4), 'document', signal)) found.push(...batch);
  };
  await expect(run()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_600_000 });
  expect(found).toHaveLength(2);
});

test('short waits that follow each other are waited for together no longer than it may', async () => {
  await using server = await startEmbeddingServer(() => error(429, 'x', { 'retry-after-ms': '40' }));
  await expect(all(await embedder(server, {}, { maxWaitMs: 100 }), texts(1))).rejects.toMatchObject({
    code: 'RATE_LIMITED',
  });
  expect(server.requests).toHaveLength(3);
});

test('a limit that is used up for longer than it may wait is thrown, and no call is made', async () => {
  const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h0m0s' };
  await using server = await startEmbeddingServer((request) => ({ ...good(request), headers }));
  const subject = await embedder(server, { maxInputs: 2 });
  const found: EmbeddedText[] = [];
  const run = async () => {
    for await (const batch of subject.embed(texts(4), 'document', signal)) found.push(...batch);
  };
  const thrown = await run().catch((reason: unknown) => reason);
  expect(thrown).toMatchObject({ code: 'RATE_LIMITED', kind: 'quota' });
  expect((thrown as RateLimitedError).retryAfterMs).toBeGreaterThan(3_590_000);
  expect(found).toHaveLength(2);
  expect(server.requests).toHaveLength(1);
}, 5_000);

test('a text that nothing can be made of is in the result, refused', async () => {
  await using server = await startEmbeddingServer(good);
  const found = await all(await embedder(server), [' ', 'a text']);
  expect(found.map((text) => 'refused' in text && text.refused.message)).toEqual([
    expect.stringContaining('nothing'),
    false,
  ]);
});

test('a strict limiter: nearly all that it allows is used, nothing is refused twice over, no input is paid twice', async () => {
  // 400 tokens in each window; a text has 4.
  const windowMs = 700;
  const allowed = 400;
  const inputs = texts(900);
  let window = 0;
  let used = 0;
  let refused = 0;
  const startedAt = performance.now();
  await using server = await startEmbeddingServer((request) => {
    const now = performance.now() - startedAt;
    if (Math.floor(now / windowMs) !== window) [window, used] = [Math.floor(now / windowMs), 0];
    const leftMs = Math.ceil((window + 1) * windowMs - now);
    const tokens = request.inputs.length * 4;
    if (used + tokens > allowed) {
      refused += 1;
      return error(429, 'rate_limit_exceeded', { 'retry-after-ms': String(leftMs) });
    }
    used += tokens;
    const headers = {
      'x-ratelimit-remaining-tokens': String(allowed - used),
      'x-ratelimit-reset-tokens': `${leftMs}ms`,
    };
    return { ...good(request), headers };
  });
  const subject = await embedder(server, { maxInputs: 25 });
  await Promise.all(
    [0, 1].map((lane) =>
      all(
        subject,
        inputs.filter((_, index) => index % 2 === lane),
      ),
    ),
  );
  once(server, inputs);
  expect(refused).toBeLessThanOrEqual(4);
  expect((inputs.length * 4) / ((window + 1) * allowed)).toBeGreaterThan(0.85);
});

test('a long text is embedded in windows, and is one text', async () => {
  await using server = await startEmbeddingServer(good);
  const long = Array.from({ length: 9_000 }, (_, index) => `word${index % 977}`).join(' ');
  const [found] = await all(await embedder(server, { maxInputs: 1 }), [long]);
  expect(found).toMatchObject({ windows: server.requests.length });
  expect(server.requests.length).toBeGreaterThan(2);
  expect('vector' in (found ?? {}) && Math.hypot(...(found as { vector: Float32Array }).vector)).toBeCloseTo(1, 5);
});

test('the hash is that of text and settings, and not of how lines end', async () => {
  await using server = await startEmbeddingServer(good);
  const [one, other] = [await embedder(server), await embedder(server, {}, { overlap: 0.2 })];
  const hash = (subject: TextEmbedder, text: string, version?: string) =>
    subject.hashOf(text, 'document', version).toString('hex');
  expect(hash(one, 'a\r\nb ')).toBe(hash(one, 'a\nb'));
  const others = [
    hash(one, 'a b'),
    hash(one, 'a\nb', '2'),
    hash(other, 'a\nb'),
    one.hashOf('a\nb', 'query').toString('hex'),
  ];
  // This model has no prefixes, so that questions are texts.
  expect(others.map((text) => text === hash(one, 'a\nb'))).toEqual([false, false, false, true]);
});

test('a slow first call', async () => {
  await using server = await startEmbeddingServer((request) => ({ ...good(request), delayMs: 300 }));
  expect(await all(await embedder(server), texts(1))).toHaveLength(1);
});

import { inspect } from 'node:util';
import {
  type GivenEmbeddingAnswer,
  openAiBody,
  type ReceivedEmbeddingRequest,
  startEmbeddingServer,
  vectorOf,
} from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { createProvider, type ProviderOptions } from '../src/index.ts';

const signal = new AbortController().signal;
const large = { model: 'text-embedding-3-large', dimension: 8 } as const;

/** Calls a provider once; gives the answer or the error, and what the server got. */
async function call(
  options: (url: string) => ProviderOptions,
  answer: (request: ReceivedEmbeddingRequest) => GivenEmbeddingAnswer,
  inputs: readonly string[] = ['one', 'two'],
) {
  await using server = await startEmbeddingServer(answer);
  const provider = await createProvider(options(server.url), signal);
  const outcome = await provider.embed(inputs, signal).catch((error: unknown) => error as Error & { code: string });
  return { outcome, provider, request: server.requests.at(-1), requests: server.requests };
}

const openAi = (url: string): ProviderOptions => ({
  kind: 'openai',
  endpoint: `${url}/v1`,
  apiKey: () => 'sk-1',
  ...large,
});
const good = (request: ReceivedEmbeddingRequest) => ({ body: openAiBody(request, 8) });
const vectors = ['one', 'two'].map((text) => Float32Array.from(vectorOf(text, 8)));

test('OpenAI: path, key, model and dimension; the billed tokens', async () => {
  const { outcome, request } = await call(openAi, good);
  expect(outcome).toMatchObject({ vectors, tokens: 6 });
  expect(request).toMatchObject({
    path: '/v1/embeddings',
    headers: { authorization: 'Bearer sk-1' },
    body: { model: 'text-embedding-3-large', dimensions: 8, encoding_format: 'float', input: ['one', 'two'] },
  });
});

test('a compatible server without key, with a name of its own for the model and base64', async () => {
  const { outcome, request } = await call(
    (url) => ({ kind: 'openai', endpoint: `${url}/v1/`, deployment: 'local', encodingFormat: 'base64', ...large }),
    good,
  );
  expect(outcome).toMatchObject({ vectors });
  expect(request?.body.model).toBe('local');
  expect(request?.headers.authorization).toBeUndefined();
});

test.each([
  ['v1', '/openai/v1/embeddings', 'mine'],
  ['deployment', '/openai/deployments/mine/embeddings?api-version=2024-10-21', undefined],
] as const)('Azure OpenAI in the style %s: path, key, base64', async (apiStyle, path, model) => {
  const { outcome, request } = await call(
    (url) => ({ kind: 'azure-openai', endpoint: url, deployment: 'mine', apiStyle, apiKey: () => 'k', ...large }),
    good,
  );
  expect(outcome).toMatchObject({ vectors });
  expect(request).toMatchObject({ path, headers: { 'api-key': 'k' }, body: { encoding_format: 'base64' } });
  expect(request?.body.model).toBe(model);
});

test('Azure OpenAI with a token, and a key that changes between two calls', async () => {
  await using server = await startEmbeddingServer(good);
  const azure = { kind: 'azure-openai', endpoint: server.url, deployment: 'mine', ...large } as const;
  const withToken = await createProvider({ ...azure, token: async () => 'ey.1' }, signal);
  await withToken.embed(['a'], signal);
  const keys = ['old', 'new'];
  const withKey = await createProvider({ ...azure, apiKey: () => keys.shift() ?? '' }, signal);
  await withKey.embed(['a'], signal);
  await withKey.embed(['a'], signal);
  expect(server.requests.map(({ headers }) => headers.authorization ?? headers['api-key'])).toEqual([
    'Bearer ey.1',
    'old',
    'new',
  ]);
});

test('Ollama: doesn’t let it cut texts', async () => {
  const { outcome, request } = await call(
    (url) => ({ kind: 'ollama', endpoint: url, model: 'all-minilm-l6-v2', deployment: 'all-minilm' }),
    ({ inputs }) => ({ body: { embeddings: inputs.map((input) => vectorOf(input, 384)), prompt_eval_count: 9 } }),
  );
  expect(outcome).toMatchObject({ tokens: 9 });
  expect(request).toMatchObject({ path: '/api/embed', body: { model: 'all-minilm', truncate: false } });
});

test('text-embeddings-inference: takes the limits that the server has', async () => {
  const { outcome, provider, request } = await call(
    (url) => ({ kind: 'text-embeddings-inference', endpoint: url, model: 'bge-small-en-v1.5' }),
    ({ path, inputs }) =>
      path === '/info'
        ? { body: { model_id: 'bge', max_client_batch_size: 8, max_batch_tokens: 1_000 } }
        : { body: inputs.map((input) => vectorOf(input, 384)) },
  );
  expect(provider.limits).toEqual({ maxInputs: 8, maxTokens: 1_000 });
  expect(outcome).toMatchObject({ tokens: undefined });
  expect(request).toMatchObject({ path: '/embed', body: { truncate: false, normalize: true } });
});

test('vectors are ordered by their index', async () => {
  const { outcome } = await call(openAi, (request) => {
    const { data, ...rest } = openAiBody(request, 8) as { data: unknown[] };
    return { body: { ...rest, data: data.reverse() } };
  });
  expect(outcome).toMatchObject({ vectors });
});

const rate = { 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-remaining-tokens': '1000' };

test('what the headers say of the rate limits', async () => {
  const { outcome } = await call(openAi, (request) => ({
    ...good(request),
    headers: { ...rate, 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '6m0.5s' },
  }));
  const expected = { remainingRequests: 59, remainingTokens: 1_000, resetRequestsMs: 1_000, resetTokensMs: 360_500 };
  expect(outcome).toMatchObject({ rate: expected });
});

const openAiError = (message: string, code: string | null, type = 'x') => ({
  error: { message, type, param: null, code },
});

test.each([
  [
    429,
    openAiError('Rate limit reached for tokens per min', 'rate_limit_exceeded'),
    { 'retry-after-ms': '120' },
    { code: 'RATE_LIMITED', kind: 'quota', retryAfterMs: 120 },
  ],
  [
    429,
    { error: { code: '429', message: 'The system is at capacity' } },
    { 'retry-after': '2' },
    { code: 'RATE_LIMITED', kind: 'capacity', retryAfterMs: 2_000 },
  ],
  [
    429,
    { statusCode: 429, message: 'temporarily limited' },
    {},
    { code: 'RATE_LIMITED', kind: 'temporary', retryAfterMs: undefined },
  ],
  [429, 'slow down', {}, { code: 'RATE_LIMITED', kind: 'unknown' }],
  [
    429,
    openAiError('You exceeded your current quota', 'insufficient_quota'),
    {},
    { code: 'QUOTA_EXHAUSTED', retryable: false },
  ],
  [400, openAiError('too many tokens: 300000 < 310000', 'max_tokens_per_request'), {}, { code: 'CALL_TOO_LARGE' }],
  [400, openAiError('too many tokens', null, 'max_tokens_per_request'), {}, { code: 'CALL_TOO_LARGE' }],
  [413, { error: 'batch size 33 > 32', error_type: 'Validation' }, {}, { code: 'CALL_TOO_LARGE' }],
  [400, openAiError('filtered', 'content_filter'), {}, { code: 'INPUT_REFUSED', reason: 'content_filter' }],
  [422, { error: 'inputs must have less than 512 tokens', error_type: 'Validation' }, {}, { code: 'INPUT_REFUSED' }],
  [401, openAiError('Incorrect API key', 'invalid_api_key'), {}, { code: 'PROVIDER_ACCESS', retryable: false }],
  [404, { error: 'model "x" not found, try pulling it first' }, {}, { code: 'MODEL_NOT_FOUND' }],
  [503, '<html>Bad gateway</html>', {}, { code: 'PROVIDER_UNAVAILABLE', retryable: true }],
] as const)('%i %j means %o', async (status, body, headers, expected) => {
  const { outcome } = await call(openAi, () => ({ status, body, headers }));
  expect(outcome).toMatchObject(expected);
  expect((outcome as Error).message).not.toContain('sk-1');
});

test.each([
  ['no vectors', { body: { hello: 1 } }, 'INVALID_ANSWER'],
  ['an index twice', { body: { data: [0, 0].map((index) => ({ index, embedding: [1] })) } }, 'INVALID_ANSWER'],
  ['no JSON', { body: 'hello' }, 'PROVIDER_UNAVAILABLE'],
  ['a redirect', { status: 307, headers: { location: 'http://example.com/' }, body: '' }, 'PROVIDER_UNAVAILABLE'],
  ['too late', { body: {}, delayMs: 5_000 }, 'PROVIDER_UNAVAILABLE'],
] as const)('an answer with %s', async (_, answer, code) => {
  const { outcome } = await call(
    (url) => ({ ...openAi(url), timeoutMs: 'delayMs' in answer ? 100 : 10_000 }),
    () => answer,
  );
  expect(outcome).toMatchObject({ code });
});

test('nobody there; and an abort is an abort', async () => {
  await using server = await startEmbeddingServer(() => ({ body: {}, delayMs: 5_000 }));
  const gone = await createProvider(openAi('http://127.0.0.1:1'), signal);
  await expect(gone.embed(['a'], signal)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  const slow = await createProvider(openAi(server.url), signal);
  const stop = new AbortController();
  const waiting = slow.embed(['a'], stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});

test('a key that does not come is waited for no longer than a call, and not after an abort', async () => {
  const apiKey = () => new Promise<string>(() => undefined);
  const options = { kind: 'openai', endpoint: 'http://127.0.0.1:1', apiKey, ...large } as const;
  const short = await createProvider({ ...options, timeoutMs: 50 }, signal);
  await expect(short.embed(['a'], signal)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  const long = await createProvider(options, signal);
  const stop = new AbortController();
  const waiting = long.embed(['a'], stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
}, 5_000);

test.each<[string, ProviderOptions]>([
  ['unknown model', { kind: 'openai', endpoint: 'http://x', model: 'gpt-9' }],
  [
    'a dimension that ruins the vectors',
    { kind: 'openai', endpoint: 'http://x', model: 'text-embedding-ada-002', dimension: 8 },
  ],
  ['a model of another provider', { kind: 'lexical-hash', model: 'bge-m3' }],
  ['no key', { kind: 'azure-openai', endpoint: 'http://x', deployment: 'd', model: 'text-embedding-3-small' }],
  ['a password in the address', { kind: 'ollama', endpoint: 'http://me:hunter22@x', model: 'bge-m3' }],
  ['an endpoint that is not an HTTP address', { kind: 'ollama', endpoint: 'file:///etc', model: 'bge-m3' }],
])('options that cannot work: %s', async (_, options) => {
  const outcome = await createProvider(options, signal).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ code: 'INVALID_EMBEDDING_OPTIONS' });
  expect(inspect(outcome, { depth: null })).not.toContain('hunter22');
});

test('a server that repeats the key in its answer puts it into no message', async () => {
  const key = 'my-very-own-key-4711';
  const { outcome } = await call(
    (url) => ({ kind: 'openai', endpoint: url, apiKey: () => key, ...large }),
    () => ({
      status: 401,
      body: openAiError(`Incorrect API key provided: ${key}. Sent: Bearer ${key}`, 'invalid_api_key'),
    }),
  );
  expect(outcome).toMatchObject({ code: 'PROVIDER_ACCESS', message: expect.stringContaining('provided: ***') });
  expect(inspect(outcome, { depth: null })).not.toContain('4711');
});

test.each(['key-4711\nkey-4712', '\u201ckey-4711\u201d', '\ufeffkey-4711', 'key\u00004711'])(
  'a key that no header can have is refused without being shown: %j',
  async (key) => {
    for (const kind of ['openai', 'azure-openai'] as const) {
      const { outcome, requests } = await call(
        (url) => ({ kind, endpoint: url, deployment: 'mine', apiKey: () => key, ...large }),
        good,
      );
      expect(outcome).toMatchObject({ code: 'PROVIDER_ACCESS', retryable: false });
      expect(inspect(outcome, { depth: null })).not.toContain('471');
      expect(requests).toEqual([]);
    }
  },
);

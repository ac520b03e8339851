import { embeddingShape } from '@hartonomous/embedding-settings';
import {
  type GivenEmbeddingAnswer,
  openAiBody,
  type ReceivedEmbeddingRequest,
  startEmbeddingServer,
} from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { embeddingFindings } from '../src/index.ts';

const signal = new AbortController().signal;
const settingsSchema = z.object(embeddingShape);

async function findings(settings: object): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { id, state, message } of embeddingFindings(settingsSchema.parse(settings), signal)) {
    found[id] = `${state} ${message}`;
  }
  return found;
}

async function answeredBy(answer: (request: ReceivedEmbeddingRequest) => GivenEmbeddingAnswer, more: object = {}) {
  await using server = await startEmbeddingServer(answer);
  const found = await findings({
    ...{ Model: 'text-embedding-3-small', Dimension: 8 },
    Provider: { Kind: 'openai', Endpoint: server.url, ApiKey: 'sk-secret', ...more },
  });
  expect(JSON.stringify(found)).not.toContain('sk-secret');
  return { found, requests: server.requests.length };
}

test('a provider that answers: dimension, latency and limits', async () => {
  const rate = { 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-remaining-tokens': '1000' };
  const { found, requests } = await answeredBy((request) => ({ body: openAiBody(request, 8), headers: rate }));
  expect(found).toEqual({
    'embeddings.provider': 'ok openai with text-embedding-3-small answers; it is outside of the house',
    'embeddings.dimension': 'ok Vectors of 8 numbers, as the settings say',
    'embeddings.latency': expect.stringMatching(/^ok The first call took \d+ ms, the next \d+ ms$/),
    'embeddings.limits': expect.stringContaining('; 59 calls and 1000 tokens are left for now'),
  });
  expect(requests).toBe(2);
});

test('hashing of words is in the house and needs no server', async () => {
  expect(await findings({})).toMatchObject({
    'embeddings.provider': 'ok lexical-hash with lexical-hash-384 answers; it is in the house',
    'embeddings.dimension': 'ok Vectors of 384 numbers, as the settings say',
    'embeddings.limits': expect.stringContaining('it says nothing of its rate limits'),
  });
});

test.each([
  ['another dimension', (request: ReceivedEmbeddingRequest) => ({ body: openAiBody(request, 7) }), 'of 7 numbers'],
  ['a key that is refused', () => ({ status: 401, body: { error: { message: 'no' } } }), 'PROVIDER_ACCESS: '],
  ['no such model', () => ({ status: 404, body: { error: { message: 'no' } } }), 'MODEL_NOT_FOUND: '],
  ['a broken server', () => ({ status: 503, body: 'no' }), 'PROVIDER_UNAVAILABLE: '],
] as const)('%s is a problem that says what it is', async (_, answer, expected) => {
  const { found } = await answeredBy(answer);
  const problems = Object.values(found).filter((text) => text.startsWith('problem '));
  expect(problems).toEqual([expect.stringContaining(expected)]);
});

test('settings that can not work are a problem, too', async () => {
  expect(await findings({ Model: 'gpt-9' })).toEqual({
    'embeddings.provider': expect.stringMatching(/^problem INVALID_EMBEDDING_OPTIONS: There is no model gpt-9/),
  });
});

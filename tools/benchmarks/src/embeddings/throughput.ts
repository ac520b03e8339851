import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProvider, type EmbeddingProvider, TextEmbedder } from '@hartonomous/embedding-providers';
import { provideLocalModel } from '@hartonomous/local-model';
import { openAiBody, startEmbeddingServer } from '@hartonomous/test-support';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Benchmark, RunScale } from '../benchmark.ts';
import { WorkMissingError } from '../errors.ts';

const dimension = 1_536;
/** As the embedder makes of texts of this size with the limit that is set here. */
const inputsPerCall = 64;
/** What a call of a service takes, in milliseconds. */
const delayMs = 50;

const rates = (count: number, ms: number) => (count * 1_000) / ms;

/** Texts of a paragraph's length that are all different. */
function texts(count: number): string[] {
  const sentence =
    'A message says which entity has changed, not what it has become, and the worker reads what there is';
  return Array.from({ length: count }, (_, index) => `${index}: ${sentence}. ${sentence}; number ${index * 7}.`);
}

async function timeOf(work: () => Promise<number>): Promise<{ readonly vectors: number; readonly ms: number }> {
  const startedAt = performance.now();
  const vectors = await work();
  return { vectors, ms: performance.now() - startedAt };
}

async function embedAll(provider: EmbeddingProvider, given: readonly string[], signal: AbortSignal): Promise<number> {
  const embedder = await TextEmbedder.create(provider);
  let vectors = 0;
  for await (const done of embedder.embed(given, 'document', signal)) vectors += done.length;
  return vectors;
}

/** Both ways by turns, so that what else the machine does is the same for both. */
async function byTurns(
  { quick, signal }: RunScale,
  count: number,
  ours: () => Promise<number>,
  plain: () => Promise<number>,
): Promise<readonly [number[], number[]]> {
  const samples: [number[], number[]] = [[], []];
  for (let turn = 0; turn < (quick ? 2 : 5); turn += 1) {
    for (const [place, work] of [ours, plain].entries()) {
      signal.throwIfAborted();
      const { vectors, ms } = await timeOf(work);
      if (vectors !== count) throw new WorkMissingError('vectors', count, vectors);
      samples[place]?.push(rates(count, ms));
    }
  }
  return samples;
}

/** The embedder with its batches, counts and checks, against plain calls of the same texts in the same batches. */
export const embeddingProviderBenchmark: Benchmark = {
  results: [
    {
      name: 'embedding-provider',
      unit: 'texts/s',
      ratioTo: 'embedding-provider-plain',
      about: `TextEmbedder on a server in OpenAI's shape that takes ${delayMs} ms a call of ${inputsPerCall} texts`,
    },
    {
      name: 'embedding-provider-plain',
      unit: 'texts/s',
      about: 'the same calls by fetch, the vectors as JSON gives them',
    },
  ],
  async run(scale) {
    const { quick, signal } = scale;
    const count = (quick ? 8 : 30) * inputsPerCall;
    await using server = await startEmbeddingServer((request) => ({ body: openAiBody(request, dimension), delayMs }));
    const provider = await createProvider(
      { kind: 'openai', endpoint: server.url, model: 'text-embedding-3-small', maxInputs: inputsPerCall },
      signal,
    );
    const given = texts(count);
    const plain = async () => {
      let vectors = 0;
      for (let first = 0; first < count; first += inputsPerCall) {
        const body = JSON.stringify({ model: 'm', input: given.slice(first, first + inputsPerCall) });
        const response = await fetch(`${server.url}/embeddings`, { method: 'POST', body, signal });
        vectors += ((await response.json()) as { data: unknown[] }).data.length;
      }
      return vectors;
    };
    const [ours, theirs] = await byTurns(scale, count, () => embedAll(provider, given, signal), plain);
    return [
      { name: 'embedding-provider', samples: ours },
      { name: 'embedding-provider-plain', samples: theirs },
    ];
  },
};

/** The model in its thread, against the bare runtime with the same tokens, both on one processor thread. */
export const embeddingOnnxBenchmark: Benchmark = {
  results: [
    {
      name: 'embedding-onnx',
      unit: 'texts/s',
      ratioTo: 'embedding-onnx-bare',
      about: 'bge-small-en-v1.5 by TextEmbedder: tokens, thread, pooling and checks; one processor thread',
    },
    {
      name: 'embedding-onnx-bare',
      unit: 'texts/s',
      about: 'onnxruntime-node alone, with the tokens ready, one text a run',
    },
  ],
  async run(scale) {
    const { quick, signal, onProgress } = scale;
    const count = quick ? 32 : 128;
    const { name, folder } = await provideLocalModel({ signal, onProgress });
    const given = texts(count);
    const provider = await createProvider({ kind: 'onnx', model: name, folder, runtime: 'native' }, signal);
    const { Tokenizer } = await import('@huggingface/tokenizers');
    const tokenizer = new Tokenizer(JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')), {});
    const tokens = given.map((text) => BigInt64Array.from(tokenizer.encode(text).ids, BigInt));
    const session = await InferenceSession.create(join(folder, 'onnx/model_quantized.onnx'), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
    const bare = async () => {
      let vectors = 0;
      for (const ids of tokens) {
        const tensor = (values: BigInt64Array) => new Tensor('int64', values, [1, ids.length]);
        const { last_hidden_state: output } = await session.run({
          input_ids: tensor(ids),
          attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
          token_type_ids: tensor(new BigInt64Array(ids.length)),
        });
        if (output !== undefined) vectors += 1;
      }
      return vectors;
    };
    const [ours, theirs] = await byTurns(scale, count, () => embedAll(provider, given, signal), bare);
    await session.release();
    await provider[Symbol.asyncDispose]?.();
    return [
      { name: 'embedding-onnx', samples: ours },
      { name: 'embedding-onnx-bare', samples: theirs },
    ];
  },
};

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { sourceCommand } from '@hartonomous/test-support';
import { expect, onTestFinished, test } from 'vitest';
import { createProvider, type OnnxProvider, type ProviderOptions, TextEmbedder } from '../src/index.ts';

const signal = new AbortController().signal;
const tiny = join(import.meta.dirname, 'tiny-encoder');
type Given = Partial<Extract<ProviderOptions, { kind: 'onnx' }>>;

/** The tiny encoder has the dimension and the pooling of all-MiniLM-L6-v2, and none of its sense. */
async function load(given: Given = {}): Promise<OnnxProvider> {
  const provider = await createProvider({ kind: 'onnx', model: 'all-minilm-l6-v2', folder: tiny, ...given }, signal);
  return provider as OnnxProvider;
}

/** A copy of the tiny encoder to spoil. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'model-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(tiny, folder, { recursive: true });
  return folder;
}

const cosine = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, place) => sum + value * (other[place] ?? 0), 0) / (Math.hypot(...one) * Math.hypot(...other));
const texts = ['Atoms have a lineage.', 'queue', `a longer text ${'of words '.repeat(60)}`];

test('a model in this process: a text has the same vector alone and beside others, natively and in WebAssembly', async () => {
  await using native = await load();
  await using wasm = await load({ runtime: 'wasm' });
  expect([native.runtime, native.nativeProblem, wasm.runtime]).toEqual(['native', undefined, 'wasm']);
  const { vectors, tokens } = await native.embed(texts, signal);
  expect(tokens).toBeGreaterThan(100);
  for (const [place, text] of texts.entries()) {
    const alone = await native.embed([text], signal);
    expect(alone.vectors).toEqual([vectors[place]]);
    const [other = new Float32Array()] = (await wasm.embed([text], signal)).vectors;
    expect(cosine(vectors[place]!, other)).toBeGreaterThan(0.999);
  }
});

test('a thread that has ended is started again once, by the first of several calls', async () => {
  await using provider = await load();
  // Each thread that runs has a listener.
  const threads = process.listenerCount('exit');
  await provider[Symbol.asyncDispose]();
  const gone = new AbortController();
  const calls = [
    provider.embed(['one'], gone.signal),
    provider.embed(['two'], signal),
    provider.embed(['three'], signal),
  ];
  gone.abort(new Error('gone'));
  expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(process.listenerCount('exit')).toBe(threads);
});

test('a load is given up: what its thread fails with later ends no process', async () => {
  const stop = new AbortController();
  const started = once(process, 'worker') as Promise<[Worker]>;
  const options = { kind: 'onnx', model: 'all-minilm-l6-v2', folder: tiny } as const;
  const loading = createProvider(options, stop.signal);
  const [thread] = await started;
  stop.abort(new Error('given up'));
  await expect(loading).rejects.toThrow('given up');
  thread.emit('error', new Error('late'));
  await once(thread, 'exit');
});

test('where the first token is the vector, it is another one', async () => {
  await using mean = await load();
  await using first = await load({ model: 'bge-small-en-v1.5' });
  const [one] = (await mean.embed([texts[0]!], signal)).vectors;
  const [other] = (await first.embed([texts[0]!], signal)).vectors;
  expect(one).not.toEqual(other);
});

test('texts are cut by the model’s tokenizer, and words are lost nowhere', async () => {
  await using provider = await load();
  await using embedder = await TextEmbedder.create(provider);
  const words = Array.from({ length: 700 }, (_, index) => `word${index}`);
  const long = `${words.join(' ')} ${'x'.repeat(3_000)}漢字`;
  const windows = provider.counter?.windows(long, 254, 30) ?? [];
  expect(windows.length).toBeGreaterThan(3);
  for (const window of windows) expect(provider.counter?.count(window)).toBeLessThanOrEqual(254);
  const found = new Set(windows.flatMap((window) => window.split(/\s+/)));
  expect(words.filter((word) => !found.has(word))).toEqual([]);
  for await (const [done] of embedder.embed([long], 'document', signal)) {
    expect(done).toMatchObject({ windows: windows.length });
  }
  await expect(provider.embed([long], signal)).rejects.toMatchObject({ code: 'INPUT_REFUSED', reason: 'too_long' });
});

test('an abort is an abort, and a call that takes too long is given up; both leave a provider that works', async () => {
  await using provider = await load();
  const stop = new AbortController();
  const many = Array.from({ length: 200 }, (_, index) => `${texts[2]} ${index}`);
  const waiting = provider.embed(many, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  expect((await provider.embed(['a'], signal)).vectors).toHaveLength(1);
  await using hasty = await load({ timeoutMs: 1 });
  for (let call = 0; call < 2; call += 1) {
    await expect(hasty.embed(many, signal)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryable: true });
  }
});

test('a process that ends in the middle of a run ends as it wants to, and is not aborted', () => {
  const program = join(import.meta.dirname, 'programs/leave-in-a-run.ts');
  const ended = spawnSync(process.execPath, sourceCommand(program, [tiny]), { encoding: 'utf8' });
  expect(ended, ended.stderr).toMatchObject({ status: 3, signal: null });
});

test.each<[string, Given, string, string]>([
  ['another dimension', { model: 'bge-base-en-v1.5' }, 'MODEL_DIMENSION_MISMATCH', 'vectors of 384 numbers'],
  ['a model of a server alone', { model: 'text-embedding-3-small' }, 'INVALID_EMBEDDING_OPTIONS', 'in this process'],
  ['a file that is not there', { modelFile: 'onnx/model_fp16.onnx' }, 'MODEL_FILES_MISSING', 'onnx/model_fp16.onnx'],
  ['a folder that is not there', { folder: '/nowhere' }, 'MODEL_FILES_MISSING', 'tokenizer.json'],
  ['a layer that the model lacks', { model: 'embeddinggemma-300m' }, 'MODEL_UNUSABLE', 'sentence_embedding'],
])('%s is reported when it is loaded', async (_, given, code, text) => {
  const error = await load(given).then(
    () => undefined,
    (thrown: Error & { code: string }) => thrown,
  );
  expect(error).toMatchObject({ code });
  expect(error?.message).toContain(text);
});

test.each<[string, (folder: string) => Promise<unknown>, string]>([
  [
    'a damaged model',
    (folder) => writeFile(join(folder, 'onnx/model_quantized.onnx'), 'not a model'),
    'model_quantized.onnx',
  ],
  ['a damaged tokenizer', (folder) => writeFile(join(folder, 'tokenizer.json'), '{}'), 'tokenizer.json'],
  ['a tokenizer that is not JSON', (folder) => writeFile(join(folder, 'tokenizer.json'), '{'), 'not an object in JSON'],
  ['the name of another model', (folder) => writeFile(join(folder, 'model.json'), '{"name":"bge-m3"}'), 'holds bge-m3'],
  ['not-a-number weights', spoilOneWeight, 'values that are not numbers'],
])('%s is reported when it is loaded', async (_, spoil, text) => {
  const folder = await copy();
  await spoil(folder);
  const error = await load({ folder }).then(
    () => undefined,
    (thrown: Error & { code: string }) => thrown,
  );
  expect(error).toMatchObject({ code: 'MODEL_UNUSABLE' });
  expect(error?.message).toContain(text);
});

/** Makes one weight of the first layer NaN: the bytes of a tensor come after its name, a tag and their number. */
async function spoilOneWeight(folder: string): Promise<void> {
  const file = join(folder, 'onnx/model_quantized.onnx');
  const bytes = await readFile(file);
  const name = Buffer.from('embeddings.LayerNorm.weight');
  // 0x4a: raw_data; 384 numbers of 4 bytes.
  const header = Buffer.from([0x4a, 0x80, 0x0c]);
  const at = bytes.indexOf(Buffer.concat([name, header]));
  expect(at).toBeGreaterThan(0);
  bytes.writeFloatLE(Number.NaN, at + name.length + header.length);
  await writeFile(file, bytes);
}

import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProvider, TextEmbedder } from '@hartonomous/embedding-providers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { defaultModel, embeddingSettings, localModelIfPossible, provideLocalModel } from '../src/index.ts';

// The first run on a machine downloads 25 MB.
vi.setConfig({ testTimeout: 240_000 });

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, ['--conditions=@hartonomous/source', cli, ...args], {
    encoding: 'utf8',
    env: { HOME: process.env.HOME, PATH: process.env.PATH, ...env },
  });

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-model-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('the model finds what a question means, though it has no word in common with it', async () => {
  const { name, folder } = await provideLocalModel();
  const { signal } = new AbortController();
  await using embedder = await TextEmbedder.create(await createProvider({ kind: 'onnx', model: name, folder }, signal));
  const texts = [
    'The feline rested upon the rug.',
    'Invoices are due within thirty days.',
    'Rain is expected tonight.',
  ];
  const near = async (question: string) => {
    const vector = await embedder.embedOne(question, 'query', signal);
    const scores: number[] = [];
    for (const text of texts) {
      const other = await embedder.embedOne(text, 'document', signal);
      scores.push(vector.reduce((sum, value, place) => sum + value * (other[place] ?? 0), 0));
    }
    return scores.indexOf(Math.max(...scores));
  };
  expect([await near('a cat lying on a carpet'), await near('When must I pay?'), await near('wet weather')]).toEqual([
    0, 1, 2,
  ]);
});

test('the command line prints the folder, or settings', async () => {
  const { folder } = await provideLocalModel();
  const cache = { HARTONOMOUS_CACHE: join(folder, '..') };
  expect(run([], cache)).toMatchObject({ status: 0, stdout: `${folder}\n` });
  const lines = run(['--env'], cache).stdout.trim().split('\n');
  expect(Object.fromEntries(lines.map((line) => line.split('=')))).toEqual(
    embeddingSettings({ name: defaultModel, folder }),
  );
  expect(run(['gpt-9'], cache)).toMatchObject({ status: 2, stderr: expect.stringContaining('UNKNOWN_MODEL') });
});

test('where there is no Maven, it says so, keeps nothing, and hashing is what is left', async () => {
  const cache = await emptyFolder();
  const ended = run(['--json'], { HARTONOMOUS_CACHE: cache, PATH: cache });
  expect(ended.status).toBe(1);
  expect(JSON.parse(ended.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: 'MAVEN_NOT_FOUND' });
  expect(await readdir(cache)).toEqual([]);

  vi.stubEnv('HARTONOMOUS_CACHE', cache);
  vi.stubEnv('PATH', cache);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { model, problem } = await localModelIfPossible();
  expect(model).toBeUndefined();
  expect(problem).toMatch(/^No embedding model: words are hashed instead.*\(MAVEN_NOT_FOUND\)$/);
  expect(embeddingSettings(model)).toMatchObject({ Embedding__Provider__Kind: 'lexical-hash' });
});

test('the README names every model and error', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of ['bge-small-en-v1.5', 'all-minilm-l6-v2', 'MODEL_CHECKSUM_MISMATCH'])
    expect(readme).toContain(name);
});

import { readFile } from 'node:fs/promises';
import { ingestionQueue } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { cesConsumer } from '../src/index.ts';

const { queue, name, messageType, reader, deadLetters } = ingestionQueue;

test('the worker reads its queue under its own name', async () => {
  expect(cesConsumer.queue).toBe(ingestionQueue);
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as object;
  expect(manifest).toMatchObject({
    name: `@hartonomous/${reader.program}`,
    bin: { [reader.program]: './dist/main.js' },
  });
});

test('the README has the names of the queue as it is declared', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  for (const word of [queue, messageType, deadLetters.table]) expect(readme).toContain(`\`${word}\``);
  expect(readme).toContain(`hartonomous deadletter list --queue ${name}`);
});

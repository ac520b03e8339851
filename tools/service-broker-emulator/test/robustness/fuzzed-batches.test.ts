import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { splitBatches } from '../../src/init/split-batches.ts';
import { connectPool } from '../process/connect-pool.ts';
import { EmulatorProcess } from '../process/emulator-process.ts';
import { RawClient } from '../tds/raw-client.ts';
import { fuzzRuns, Random, serves } from './fuzz-runs.ts';
import { seedSchema, seedStatements } from './seed-statements.ts';

/** The password that {@link RawClient} logs in with. */
const saPassword = 'right';
const corpus = join(import.meta.dirname, '../../src/tsql/corpus');
const corpusBatches = globSync(join(corpus, '{valid,beyond-grammar,unsupported}/*.sql')).flatMap((file) =>
  splitBatches(readFileSync(file, 'utf8')).map((batch) => batch.text),
);
/** Half of the inputs begin as what succeeds here; the corpus knows more of the grammar, but not its objects. */
const batches = [
  ...corpusBatches,
  ...Array.from({ length: corpusBatches.length }, (_, at) => seedStatements[at % seedStatements.length] ?? ''),
];
const tokens = [...new Set(batches.flatMap((batch) => batch.match(/\w+|'[^'\n]*'|[^\s\w]+/g) ?? []))];

/** Above it, a batch counts as one that waits or loops and is cancelled, in milliseconds. */
const patienceMs = 300;

let emulator: EmulatorProcess;
let port: number;

beforeAll(async () => {
  emulator = new EmulatorProcess(['--port', '0', '--database', 'App'], { MSSQL_SA_PASSWORD: saPassword });
  port = await emulator.port;
  await using pool = await connectPool(port, { password: saPassword });
  for (const batch of [...seedSchema, ...seedStatements]) {
    // One of them is there for its error.
    if (batch.includes('THROW')) await expect(pool.request().batch(batch)).rejects.toMatchObject({ number: 8134 });
    else await pool.request().batch(batch);
  }
});
afterAll(() => emulator[Symbol.asyncDispose]());

function mutated(random: Random): string {
  let text = random.pick(batches);
  const changes = random.below(4);
  for (let change = 0; change < changes; change += 1) {
    const at = random.below(text.length + 1);
    switch (random.below(4)) {
      case 0:
        text = text.slice(0, at) + random.pick(tokens) + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at + random.below(8));
        break;
      case 2: {
        // One word for another: what still parses reaches the engine.
        const words = [...text.matchAll(/\w+/g)];
        if (words.length === 0) break;
        const word = random.pick(words);
        text = text.slice(0, word.index) + random.pick(tokens) + text.slice(word.index + word[0].length);
        break;
      }
      default:
        text = `${text}\n${random.pick(batches)}`;
    }
  }
  return text;
}

test(`${fuzzRuns} mutated batches are each answered, and leave the server serving`, {
  timeout: 1_800_000,
}, async () => {
  const session = async (): Promise<RawClient> => {
    const opened = await RawClient.logIn(port);
    opened.batch('USE App');
    await opened.message();
    return opened;
  };
  let client = await session();
  let cancelled = 0;
  for (let index = 0; index < fuzzRuns; index += 1) {
    const text = mutated(new Random(index + 3_000_000));
    client.batch(text);
    const timer = setTimeout(() => {
      cancelled += 1;
      client.attention();
    }, patienceMs);
    const late = setTimeout(() => {
      throw new Error(`No answer within 20 s to: ${text}`);
    }, 20_000);
    const answer = await client.message();
    clearTimeout(timer);
    clearTimeout(late);
    // A new session now and then, and where an error closed the old one: what one leaves open must not block the rest.
    if (answer === undefined || index % 50 === 49) {
      client[Symbol.dispose]();
      client = await session();
    }
    if (index % 500 === 0) await serves(port, saPassword);
  }
  client[Symbol.dispose]();
  await serves(port, saPassword);
  expect(cancelled).toBeLessThan(fuzzRuns);
});

test('no batch found a defect', () => {
  expect(emulator.stderr.split('\n').filter((line) => line.startsWith('Defect: '))).toEqual([]);
});

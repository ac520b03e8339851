import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmulatorProcess, processPassword } from '../process/emulator-process.ts';
import { fuzzRuns, inParallel, Random, serves } from './fuzz-runs.ts';
import { type RecordedRequests, recordRequests } from './recorded-requests.ts';

let emulator: EmulatorProcess;
let port: number;
let recorded: RecordedRequests;

beforeAll(async () => {
  emulator = new EmulatorProcess(['--port', '0', '--database', 'App']);
  port = await emulator.port;
  recorded = await recordRequests(port, processPassword);
  expect(recorded.requests.length).toBeGreaterThan(15);
});
afterAll(() => emulator[Symbol.asyncDispose]());

/** How long an answer is waited for: a message cut short gets none, as the server waits for the rest of it. */
const patienceMs = 100;

/**
 * Sends messages, each after the answer to the one before, then FIN, and waits until the server has closed its side.
 *
 * @param opening messages that are whole, so that their answers are waited for however busy the server is
 * @returns the number of answers
 */
async function converse(messages: readonly Buffer[], opening: readonly Buffer[] = []): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const closed = Promise.withResolvers<void>();
  let answers = 0;
  let gone = false;
  let proceed: () => void = () => undefined;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    gone = true;
    proceed();
    closed.resolve();
  });
  socket.on('data', () => {
    answers += 1;
    proceed();
  });
  for (const message of [...opening, ...messages]) {
    if (gone) break;
    const step = Promise.withResolvers<void>();
    proceed = step.resolve;
    const timer = setTimeout(step.resolve, opening.includes(message) ? 10_000 : patienceMs);
    socket.write(message);
    await step.promise;
    clearTimeout(timer);
  }
  socket.end();
  await closed.promise;
  return answers;
}

/** Changes, cuts, repeats or inserts bytes; lengths in headers are often hit. */
function mutated(message: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(message);
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes; change += 1) {
    // The first bytes say the most; those of the header end the connection at once, so they are hit less often.
    const from = random.below(8) === 0 ? 0 : 8;
    const near = random.below(2) === 0 ? Math.min(bytes.length, 64) : bytes.length;
    bytes[from + random.below(Math.max(1, near - from))] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  }
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length));
    case 1: {
      const at = random.below(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(20)), bytes.subarray(at)]);
    }
    case 2: {
      // A cut whose header has the new length, so that what reads the payload meets the end.
      const cut = bytes.subarray(0, 8 + random.below(Math.max(1, bytes.length - 8)));
      cut.writeUInt16BE(Math.min(cut.length, 0xffff), 2);
      return cut;
    }
    default:
      return bytes;
  }
}

test(`${fuzzRuns} random byte streams leave the server serving`, { timeout: 600_000 }, async () => {
  await inParallel(fuzzRuns, 20, async (index) => {
    const random = new Random(index);
    const bytes = random.bytes(random.below(2000));
    // Half of them begin like a packet, to get beyond the first byte.
    if (index % 2 === 0 && bytes.length > 8) {
      bytes[0] = random.pick([1, 3, 6, 7, 0x0e, 0x10, 0x12, 0x16]);
      bytes[1] = random.below(2);
      bytes.writeUInt16BE(random.pick([bytes.length, 8, random.below(0x8000)]), 2);
    }
    await converse([bytes]);
    if (index % 500 === 0) await serves(port, processPassword);
  });
  await serves(port, processPassword);
});

test(`${fuzzRuns} mutated openings leave the server serving`, { timeout: 600_000 }, async () => {
  await inParallel(fuzzRuns, 20, async (index) => {
    const random = new Random(index + 1_000_000);
    const target = random.below(recorded.opening.length);
    await converse(recorded.opening.map((message, at) => (at === target ? mutated(message, random) : message)));
    if (index % 500 === 0) await serves(port, processPassword);
  });
  await serves(port, processPassword);
});

test(`${fuzzRuns} connections with mutated requests leave the server serving`, { timeout: 900_000 }, async () => {
  let answered = 0;
  await inParallel(fuzzRuns, 20, async (index) => {
    const random = new Random(index + 2_000_000);
    const requests = Array.from({ length: 1 + random.below(3) }, () => mutated(random.pick(recorded.requests), random));
    if ((await converse(requests, recorded.opening)) > recorded.opening.length) answered += 1;
    if (index % 500 === 0) await serves(port, processPassword);
  });
  await serves(port, processPassword);
  // Most mutations must get as far as an answer, or this test would test little.
  expect(answered).toBeGreaterThan(fuzzRuns / 2);
});

test('no input found a defect', () => {
  expect(emulator.stderr.split('\n').filter((line) => line.startsWith('Defect: '))).toEqual([]);
});

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

/** Sends bytes one after the other, then FIN, and waits until the server has closed its side too. */
async function sendAndEnd(messages: readonly Buffer[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const closed = Promise.withResolvers<void>();
  socket.on('error', () => socket.destroy());
  socket.on('close', () => closed.resolve());
  socket.resume();
  for (const message of messages) socket.write(message);
  socket.end();
  await closed.promise;
}

/** Changes, cuts, repeats or inserts bytes; lengths in headers are often hit. */
function mutated(message: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(message);
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes; change += 1) {
    const near = random.below(2) === 0 ? Math.min(bytes.length, 64) : bytes.length;
    bytes[random.below(near)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  }
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length));
    case 1: {
      const at = random.below(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(20)), bytes.subarray(at)]);
    }
    case 2: {
      // A cut whose header tells the new length, so that what reads the payload meets the end.
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
    await sendAndEnd([bytes]);
    if (index % 500 === 0) await serves(port, processPassword);
  });
  await serves(port, processPassword);
});

test(`${fuzzRuns} mutated openings leave the server serving`, { timeout: 600_000 }, async () => {
  await inParallel(fuzzRuns, 20, async (index) => {
    const random = new Random(index + 1_000_000);
    const target = random.below(recorded.opening.length);
    await sendAndEnd(recorded.opening.map((message, at) => (at === target ? mutated(message, random) : message)));
    if (index % 500 === 0) await serves(port, processPassword);
  });
  await serves(port, processPassword);
});

test(`${fuzzRuns} connections with mutated requests leave the server serving`, { timeout: 900_000 }, async () => {
  await inParallel(fuzzRuns, 20, async (index) => {
    const random = new Random(index + 2_000_000);
    const requests = Array.from({ length: 1 + random.below(3) }, () => mutated(random.pick(recorded.requests), random));
    await sendAndEnd([...recorded.opening, ...requests]);
    if (index % 500 === 0) await serves(port, processPassword);
  });
  await serves(port, processPassword);
});

test('no input found a defect', () => {
  expect(emulator.stderr.split('\n').filter((line) => line.startsWith('Defect: '))).toEqual([]);
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { startServiceBrokerEmulator } from '../../src/index.ts';
import { RawClient } from './raw-client.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memory(): number {
  collectGarbage();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** Bytes until the packet that ends the message. */
function messageLength(client: RawClient): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let total = 0;
  let left = Buffer.alloc(0);
  let bodyLeft = 0;
  let last = false;
  client.takeOver((chunk) => {
    let rest = Buffer.concat([left, chunk]);
    left = Buffer.alloc(0);
    while (rest.length > 0) {
      if (bodyLeft === 0) {
        if (rest.length < 8) break;
        last = rest[1] === 1;
        bodyLeft = rest.readUInt16BE(2) - 8;
        rest = rest.subarray(8);
      }
      const taken = Math.min(bodyLeft, rest.length);
      total += taken;
      bodyLeft -= taken;
      rest = rest.subarray(taken);
      if (bodyLeft === 0 && last) return resolve(total);
    }
    left = Buffer.from(rest);
  });
  return promise;
}

test('a large result waits for a slow reader without filling the memory', async () => {
  await using emulator = await startServiceBrokerEmulator({ port: 0, saPassword: 'right', databases: ['App'] });
  using slow = await RawClient.logIn(emulator.port);
  using other = await RawClient.logIn(emulator.port);
  const before = memory();
  slow.pause();
  slow.batch("SELECT value AS n, REPLICATE('x', 200) AS t FROM GENERATE_SERIES(1, 300000)");
  // The answer to the other comes when the rows of the first have all been produced.
  await new Promise((resolve) => setImmediate(resolve));
  other.batch('SELECT 1 AS n');
  await other.message();
  expect(memory() - before).toBeLessThan(50 * 1024 * 1024);
  const length = messageLength(slow);
  slow.resume();
  expect(await length).toBeGreaterThan(300_000 * 200);
});

import type { Benchmark, Measurement } from '../benchmark.ts';
import { processUsage } from '../process-usage.ts';
import { timed } from '../repeat.ts';
import { connectToDeployed, startEmulatorProcess } from './emulator-process.ts';
import { enqueueBatch, receiveToClient } from './messages.ts';

/** Messages whose cost is measured at each depth. */
const sampleSize = 10_000;

const depths = [
  { name: '10k', messages: 10_000, quick: true },
  { name: '100k', messages: 100_000, quick: true },
  { name: '1m', messages: 1_000_000, quick: false },
] as const;

/** A queue that fills up: what a message costs when many wait already, and the memory they take. */
export const queueDepthBenchmark: Benchmark = {
  onRequestWhenQuick: true,
  results: [
    ...depths.map(({ name, messages }) => ({
      name: `emulator-queue-${name}-enqueue`,
      unit: 'µs/message',
      ...(name === '10k' ? {} : { ratioTo: 'emulator-queue-10k-enqueue' }),
      about: `set-based enqueue of ${sampleSize} messages, the last of ${messages} on the queue`,
    })),
    ...depths.map(({ name, messages }) => ({
      name: `emulator-queue-${name}-receive`,
      unit: 'µs/message',
      ...(name === '10k' ? {} : { ratioTo: 'emulator-queue-10k-receive' }),
      about: `RECEIVE of ${sampleSize} messages to the client from a queue of ${messages}`,
    })),
    ...depths.map(({ name, messages }) => ({
      name: `emulator-queue-${name}-rss`,
      unit: 'MB',
      about: `resident memory of the emulator with ${messages} messages on the queue (Linux only; --quick goes to 100k)`,
    })),
  ],
  async run(scale) {
    const measured: Measurement[] = [];
    await using emulator = await startEmulatorProcess({ form: 'source' });
    await using pool = await connectToDeployed(emulator);
    // Compiles the statements and their hot code, so that the first depth is not the dearest for it.
    await enqueueBatch(pool, sampleSize);
    await receiveToClient(pool, sampleSize);
    await enqueueBatch(pool, sampleSize);
    await receiveToClient(pool, sampleSize);
    let waiting = 0;
    for (const depth of depths) {
      if (scale.quick && !depth.quick) break;
      scale.onProgress(`  filling the queue to ${depth.messages}`);
      while (waiting < depth.messages - sampleSize) {
        scale.signal.throwIfAborted();
        const step = Math.min(50_000, depth.messages - sampleSize - waiting);
        await enqueueBatch(pool, step);
        waiting += step;
      }
      // Enqueue, receive, enqueue again: each is measured at the depth, which is left as it was found.
      const enqueue = [await timed(() => enqueueBatch(pool, sampleSize))];
      const usage = processUsage(emulator.pid);
      const receive = [await timed(() => receiveToClient(pool, sampleSize))];
      enqueue.push(await timed(() => enqueueBatch(pool, sampleSize)));
      receive.push(await timed(() => receiveToClient(pool, sampleSize)));
      enqueue.push(await timed(() => enqueueBatch(pool, sampleSize)));
      waiting += sampleSize;
      const perMessage = (samples: readonly number[]): number[] => samples.map((ms) => (ms * 1000) / sampleSize);
      measured.push({ name: `emulator-queue-${depth.name}-enqueue`, samples: perMessage(enqueue) });
      measured.push({ name: `emulator-queue-${depth.name}-receive`, samples: perMessage(receive) });
      if (usage !== undefined) {
        measured.push({ name: `emulator-queue-${depth.name}-rss`, samples: [usage.rssBytes / 1e6] });
      }
    }
    return measured;
  },
};

import type { Benchmark } from './benchmark.ts';
import { enqueueBenchmark } from './emulator/enqueue.ts';
import { queueDepthBenchmark } from './emulator/queue-depth.ts';
import { sqliteBenchmark } from './emulator/sqlite-work.ts';
import { startUpBenchmark } from './emulator/start-up.ts';

/** Everything that can be measured, in the order in which it runs. */
export const benchmarks: readonly Benchmark[] = [
  sqliteBenchmark,
  enqueueBenchmark,
  queueDepthBenchmark,
  startUpBenchmark,
];

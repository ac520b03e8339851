import { apiReadsBenchmark } from './api/reads.ts';
import { apiUploadsBenchmark } from './api/uploads.ts';
import type { Benchmark } from './benchmark.ts';
import { embeddingQualityBenchmark } from './embeddings/quality.ts';
import { embeddingOnnxBenchmark, embeddingProviderBenchmark } from './embeddings/throughput.ts';
import { enqueueBenchmark } from './emulator/enqueue.ts';
import { largeResultBenchmark } from './emulator/large-result.ts';
import { queueDepthBenchmark } from './emulator/queue-depth.ts';
import { sqliteBenchmark } from './emulator/sqlite-work.ts';
import { startUpBenchmark } from './emulator/start-up.ts';
import { drainBenchmark } from './worker/drain.ts';
import { ingestBenchmark } from './worker/ingest.ts';
import { latencyBenchmark } from './worker/latency.ts';
import { memoryBenchmark } from './worker/memory.ts';
import { readersBenchmark } from './worker/readers.ts';
import { replacedAlgorithmBenchmark } from './worker/replaced-algorithm.ts';

/** Everything that can be measured, in the order in which it runs. */
export const benchmarks: readonly Benchmark[] = [
  sqliteBenchmark,
  enqueueBenchmark,
  queueDepthBenchmark,
  largeResultBenchmark,
  startUpBenchmark,
  drainBenchmark,
  replacedAlgorithmBenchmark,
  latencyBenchmark,
  readersBenchmark,
  memoryBenchmark,
  ingestBenchmark,
  embeddingProviderBenchmark,
  embeddingOnnxBenchmark,
  embeddingQualityBenchmark,
  apiReadsBenchmark,
  apiUploadsBenchmark,
];

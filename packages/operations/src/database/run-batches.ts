import type { SqlSession } from '@hartonomous/broker-client';
import type { SqlBatch } from './split-batches.ts';

/** Runs the batches of a script, each as often as its GO says. @param operation for error messages */
export async function runBatches(
  connection: SqlSession,
  batches: readonly SqlBatch[],
  operation: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const { text, line, count } of batches) {
    for (let run = 0; run < count; run += 1) {
      await connection.runBatch(text, { signal, context: { operation: `${operation}, batch at line ${line}` } });
    }
  }
}

import type { SqlBatch } from './split-batches.ts';
import type { SqlConnection } from './sql-connection.ts';

/** Runs the batches of a script, each as often as its GO says. @param operation for error messages */
export async function runBatches(
  connection: SqlConnection,
  batches: readonly SqlBatch[],
  operation: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const { text, line, count } of batches) {
    for (let run = 0; run < count; run += 1) {
      await connection.batch(text, { operation: `${operation}, batch at line ${line}`, signal });
    }
  }
}

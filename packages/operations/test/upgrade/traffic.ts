import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { openSqlServer } from '../../src/index.ts';
import { sqlFile } from './sql-file.ts';

/** Somebody who runs the same statements over and over until stopped. */
export interface Traffic {
  /** Rounds that were run to their end. */
  readonly rounds: number;
  /** Rejects with the first error; never resolves before it is stopped. */
  readonly running: Promise<void>;
  /** Ends after the round that is under way; rejects with the first error. */
  stop(): Promise<void>;
}

/** Runs a script's batches in a loop on one connection, as its own login. */
export async function startTraffic(connectionString: string, script: string): Promise<Traffic> {
  const settings = parseSqlConnectionString(connectionString);
  const connection = await openSqlServer(settings, { singleSession: true });
  const batches = sqlFile(script);
  let isStopping = false;
  let rounds = 0;
  const run = async () => {
    await using _ = connection;
    while (!isStopping) {
      for (const batch of batches)
        await connection.runBatch(batch, { context: { operation: `running ${script}, round ${rounds + 1}` } });
      rounds += 1;
    }
  };
  const running = run();
  // Its awaiter gets it; without this, an earlier error would end the test's process.
  running.catch(() => undefined);
  return {
    running,
    get rounds() {
      return rounds;
    },
    stop() {
      isStopping = true;
      return running;
    },
  };
}

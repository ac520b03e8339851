import { type Driver, isRetryableError, Neo4jError, type Record as Neo4jRecord, type Session } from 'neo4j-driver';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { untilGivenUp } from '../driver-watch.ts';
import { LineageTimeoutError, UnexpectedGraphDataError } from '../errors.ts';
import { translateError } from '../translate-error.ts';

/** What all queries of a reader share. */
export interface LineageContext {
  readonly connection: GraphConnection;
  /** After this the server ends a transaction, in milliseconds. */
  readonly timeoutMs: number;
}

/** Runs a statement inside the one transaction and gives its rows, each checked. */
export type ReadStatement = <Row>(
  row: z.ZodType<Row>,
  text: string,
  parameters: Readonly<Record<string, unknown>>,
) => Promise<Row[]>;

const timedOutCodes = new Set([
  'Neo.ClientError.Transaction.TransactionTimedOut',
  'Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration',
]);

/**
 * Runs `work` in one managed transaction that may only read: several statements of one answer see the graph alike, a
 * cluster may answer from a reader, and the server refuses writes.
 *
 * @throws LineageTimeoutError, UnexpectedGraphDataError and other GraphSyncErrors; the reason of `signal` when aborted
 */
export function readTransaction<T>(
  context: LineageContext,
  signal: AbortSignal | undefined,
  work: (read: ReadStatement) => Promise<T>,
): Promise<T> {
  return inSession(context, signal, (session) =>
    session.executeRead(
      (transaction) =>
        work(async (row, text, parameters) => checkRows(row, (await transaction.run(text, parameters)).records)),
      { timeout: context.timeoutMs },
    ),
  );
}

/**
 * Runs one read-only statement and returns its checked rows, in an auto-commit transaction: BEGIN and COMMIT
 * would be another round trip. The driver retries only its own transactions, so a statement with a transient
 * failure, such as a cut connection, is run again in one.
 *
 * @throws the same as {@link readTransaction}
 */
export function readRows<Row>(
  context: LineageContext,
  signal: AbortSignal | undefined,
  row: z.ZodType<Row>,
  text: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  const config = { timeout: context.timeoutMs };
  return inSession(context, signal, async (session) => {
    try {
      return checkRows(row, (await session.run(text, parameters, config)).records);
    } catch (error) {
      if (!isRetryableError(error) || signal?.aborted === true) throw error;
    }
    return await session.executeRead(
      async (transaction) => checkRows(row, (await transaction.run(text, parameters)).records),
      config,
    );
  });
}

/** Ends when the driver is given up, too: its session would be waited for in vain. */
function inSession<T>(
  context: LineageContext,
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { driver } = context.connection;
  return untilGivenUp(driver, inSessionOf(driver, context, signal, work));
}

async function inSessionOf<T>(
  driver: Driver,
  { connection, timeoutMs }: LineageContext,
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  await using session = driver.session({ database: connection.database, defaultAccessMode: 'READ' });
  // Closing the session resets its connection, which ends a statement that runs.
  const onAbort = () => void session.close().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(session);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Neo4jError && timedOutCodes.has(error.code)) throw new LineageTimeoutError(timeoutMs, error);
    throw translateError(error, connection);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function checkRows<Row>(schema: z.ZodType<Row>, records: readonly Neo4jRecord[]): Row[] {
  const result = z.array(schema).safeParse(records.map((record) => record.toObject()));
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 10).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UnexpectedGraphDataError(problems, result.error);
}

import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs } from '@hartonomous/back-off';
import type { Driver, ManagedTransaction, Transaction } from 'neo4j-driver';
import pLimit, { type LimitFunction } from 'p-limit';
import type { GraphConnection } from './connect.ts';
import { GraphTransientError } from './errors.ts';
import { onDriver } from './on-driver.ts';
import type { ParsedWriterOptions } from './options.ts';
import { translateError } from './translate-error.ts';

/** Runs statements inside the one transaction. */
export type RunStatement = (text: string, parameters: Readonly<Record<string, unknown>>) => Promise<StatementResult>;

/** What a statement came to. */
interface StatementResult {
  readonly records: readonly Answer[];
  /** How many relationships it made. */
  readonly createdEdges: number;
}

/** A row of an answer. */
export type Answer = Readonly<Record<string, unknown>>;

/** What is done in the one transaction; `locked` resolves once the lock is held, with the answer to the question. */
export type TransactionWork<T> = (run: RunStatement, locked: Promise<Answer | undefined>) => Promise<T>;

/** What {@link writeTransaction} takes besides the work. */
export interface WriteTransactionOptions extends ParsedWriterOptions {
  readonly signal?: AbortSignal | undefined;
  /** @default nothing is asked */
  readonly ask?: LockQuestion;
}

/** Constraint behind {@link takeWriterLockStatement}; a supporting item of the graph schema that is this package's own. */
export const writerLockConstraint = { name: 'sync_lock_name_unique', label: 'SyncLock', property: 'name' } as const;

// Writing to the node takes its exclusive lock until the end of the transaction. A graph without the node has never been
// written to; one whose node lacks the number is of an older version, and doesn't know it before its migration.
const takeWriterLockStatement = [
  "MERGE (lock:SyncLock {name: 'graph-sync'}) ON CREATE SET lock.greatestSequence = 0",
  'SET lock.takenAt = datetime()',
].join('\n');

/**
 * Clauses after those that take the lock, with what they answer. They are worked out once it is held, because a clause sees
 * what those before it did. It saves a statement of its own, which for a single change counts.
 */
interface LockQuestion {
  readonly clauses: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Runs `work` in one transaction that holds the graph's writer lock, so that of all graph-sync writers of a database
 * one writes at a time. What `work` reads is therefore what its writes meet, which fencing depends on: Neo4j reads at
 * READ COMMITTED, so a number looked at without a lock may be out of date when the write comes. One lock instead of one
 * per entity, because entities without a uniqueness constraint have nothing to lock, edges would lock their tenant's
 * node anyway, and writers that lock one thing first never deadlock with each other. Each holds it only while it
 * writes; reading SQL and queues goes on beside it.
 *
 * A transaction that Neo4j calls transient is repeated as a whole. A broken connection is not repeated here: its outcome
 * is unknown, and the caller knows better how long to wait.
 *
 * @throws GraphSyncError; the reason of `signal` when aborted (nothing is then committed, unless the commit was under way)
 */
export async function writeTransaction<T>(
  connection: GraphConnection,
  options: WriteTransactionOptions,
  work: TransactionWork<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(connection, options, work);
    } catch (error) {
      if (!(error instanceof GraphTransientError) || attempt >= options.maxAttempts) throw error;
      options.onRetry?.(error);
      // No longest pause: there are few attempts.
      const backOff = { baseMs: options.retryBaseMs, maxMs: Infinity };
      await pause(backOffMs(attempt, backOff), undefined, { signal: options.signal });
    }
  }
}

/**
 * Milliseconds beyond the transaction's own time limit, at most, after which a server that has said nothing is taken for
 * dead. The server ends a transaction at its limit and says so, so a later answer can't come. Too short:
 * a busy server's last answer is missed. Too long: a half-open connection delays its batch by that much.
 */
const longestGraceMs = 5_000;

/**
 * Transactions of a connection that are in Neo4j at a time: one that has the lock, and the next, which is there when the lock
 * comes free. Neo4j polls for a free lock, once per waiting transaction, so more would slow the one that
 * writes down; those that wait here also come in their order.
 */
const transactionsAtOnce = 2;

const turns = new WeakMap<GraphConnection, LimitFunction>();

function turnsOf(connection: GraphConnection): LimitFunction {
  const known = turns.get(connection) ?? pLimit(transactionsAtOnce);
  turns.set(connection, known);
  return known;
}

/** One attempt, which ends by the deadline or the abort even when the server never answers. */
async function attemptOnce<T>(
  connection: GraphConnection,
  options: WriteTransactionOptions,
  work: TransactionWork<T>,
): Promise<T> {
  const { signal } = options;
  signal?.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const attempt = turnsOf(connection)(() => attemptInTurn(connection, options, work));
  try {
    return await Promise.race([attempt, aborted.promise]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    attempt.catch(() => undefined);
  }
}

async function attemptInTurn<T>(
  connection: GraphConnection,
  options: WriteTransactionOptions,
  work: TransactionWork<T>,
): Promise<T> {
  const { signal, transactionTimeoutMs } = options;
  signal?.throwIfAborted();
  const deadlineMs = transactionTimeoutMs + Math.min(longestGraceMs, transactionTimeoutMs);
  const ended = new AbortController();
  try {
    return await onDriver(connection, deadlineMs, (driver) =>
      attemptOn(driver, connection, options, ended.signal, work),
    );
  } finally {
    ended.abort();
  }
}

/** @param ended aborted when nobody waits for it any more: on a driver that was given up it never ends by itself */
async function attemptOn<T>(
  driver: Driver,
  connection: GraphConnection,
  options: WriteTransactionOptions,
  ended: AbortSignal,
  work: TransactionWork<T>,
): Promise<T> {
  const { signal, ask } = options;
  await using session = driver.session({ database: connection.database });
  // Closing the session resets its connection, which ends a statement that runs or waits for the lock.
  const onAbort = () => void session.close().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true, signal: ended });
  try {
    // Neither the answer to BEGIN nor that to the lock is waited for: the server does one thing after the other, and
    // answers with errors only once something has failed.
    const transaction = session.beginTransaction({ timeout: options.transactionTimeoutMs });
    const run = runner(transaction, connection);
    try {
      const locked = run(ask === undefined ? takeWriterLockStatement : `${takeWriterLockStatement}\n${ask.clauses}`, {
        ...ask?.parameters,
      }).then(({ records: [answer] }) => answer);
      const [, result] = await Promise.all([locked, work(run, locked)]);
      signal?.throwIfAborted();
      await transaction.commit();
      return result;
    } finally {
      if (transaction.isOpen()) await transaction.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, connection);
  }
}

function runner(transaction: Transaction | ManagedTransaction, connection: GraphConnection): RunStatement {
  return async (text, parameters) => {
    connection.joinWrites();
    const { records, summary } = await transaction.run(text, parameters);
    return {
      records: records.map((record) => record.toObject()),
      createdEdges: summary.counters.updates().relationshipsCreated,
    };
  };
}

import type mssql from 'mssql';
import { TransactionEndedError } from './errors.ts';
import type {} from './mssql-request-timeout.ts';
import { type CallOptions, createSession, type SqlSession, type UncheckedRow } from './sql-session.ts';
import { hasDriverCode, translateError } from './translate-error.ts';

/** See {@link BrokerTransaction.state}. */
export type TransactionState = 'open' | 'committed' | 'rolled-back' | 'unknown';

/** What the drivers say when the server has rolled back already, or will because the connection is gone. */
const rolledBackAnyway = ['EABORT', 'ENOTBEGUN', 'ESOCKET', 'ECONNCLOSED', 'EINVALIDSTATE', 'ECLOSE'] as const;

/**
 * A server that refuses to commit (no room, for example) reports the rollback before the reason. mssql then
 * forgets its connection, and fails on it in a callback that nobody can catch, which would end the process. With this
 * mark, which its own rollback sets, it takes the news calmly and hands the error and the connection back as usual.
 */
function expectServerRollback(transaction: mssql.Transaction): void {
  Reflect.set(transaction, '_rollbackRequested', true);
}

/**
 * A transaction on a connection of its own. Use it with `await using`: what isn't committed is rolled back.
 *
 * | state       | entered by                                     | afterwards                              |
 * |-------------|------------------------------------------------|-----------------------------------------|
 * | open        | `beginTransaction`                             | statements, commit, rollback            |
 * | committed   | `commit()`                                     | everything else throws TransactionEndedError |
 * | rolled-back | `rollback()`, dispose, the server, a lost connection | the same; rollback and dispose do nothing |
 * | unknown     | a commit whose answer was lost                 | the same; the work must be looked at or done again |
 */
export class BrokerTransaction implements SqlSession, AsyncDisposable {
  readonly query: SqlSession['query'];
  readonly querySets: SqlSession['querySets'];
  readonly queryTables: SqlSession['queryTables'];
  readonly run: SqlSession['run'];
  readonly runBatch: SqlSession['runBatch'];
  readonly execute: (
    procedure: string,
    parameters?: Parameters<SqlSession['execute']>[1],
    options?: CallOptions,
  ) => Promise<readonly UncheckedRow[]>;
  readonly #transaction: mssql.Transaction;
  readonly #ended = Promise.withResolvers<Exclude<TransactionState, 'open'>>();
  #state: TransactionState = 'open';

  /** @param transaction a begun transaction of mssql, of which this object becomes the owner */
  constructor(transaction: mssql.Transaction) {
    this.#transaction = transaction;
    const session = createSession((options) => this.request(options));
    this.query = session.query;
    this.querySets = session.querySets;
    this.queryTables = session.queryTables;
    this.run = session.run;
    this.runBatch = session.runBatch;
    this.execute = session.execute;
  }

  get state(): TransactionState {
    return this.#state;
  }

  /** Resolves with the state in which it ended; never rejects. */
  get ended(): Promise<Exclude<TransactionState, 'open'>> {
    return this.#ended.promise;
  }

  /**
   * A request of mssql inside this transaction, for what `query` and `execute` can't do (streaming). Its errors are
   * those of mssql. One request at a time.
   * @throws TransactionEndedError unless open
   */
  request(options: CallOptions = {}): mssql.Request {
    this.#mustBeOpen('run a statement');
    return options.timeoutMs === undefined
      ? this.#transaction.request()
      : this.#transaction.request({ requestTimeout: options.timeoutMs });
  }

  /**
   * @throws TransactionEndedError unless open
   * @throws BrokerError when the server didn't commit, or its answer was lost (state `unknown`)
   */
  async commit(): Promise<void> {
    this.#mustBeOpen('commit');
    this.#state = 'unknown';
    expectServerRollback(this.#transaction);
    try {
      await this.#transaction.commit();
      this.#state = 'committed';
    } catch (error) {
      if (hasDriverCode(error, 'EABORT', 'ENOTBEGUN')) this.#state = 'rolled-back';
      throw translateError(error, { operation: 'committing' });
    } finally {
      this.#ended.resolve(this.#state);
    }
  }

  /**
   * Rolls back. A connection that is lost is a rollback too, so that isn't an error here.
   * @throws TransactionEndedError when committed
   */
  async rollback(): Promise<void> {
    if (this.#state === 'rolled-back') return;
    this.#mustBeOpen('roll back');
    this.#state = 'rolled-back';
    try {
      await this.#transaction.rollback();
    } catch (error) {
      if (!hasDriverCode(error, ...rolledBackAnyway)) throw translateError(error, { operation: 'rolling back' });
    } finally {
      this.#ended.resolve('rolled-back');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'open') await this.rollback();
  }

  #mustBeOpen(what: string): void {
    if (this.#state === 'open') return;
    throw new TransactionEndedError(`The transaction is ${this.#state}, so it can't ${what}. Begin a new one.`);
  }
}

import type { ResultSink } from '../session-contract.ts';
import type { CommitStore, Transaction } from '../storage/transaction.ts';
import { nothingToCommit, saveWithoutTransaction, transactionDoomed, transactionsNestedTooDeeply } from './errors.ts';

/** What a session's transactions need of the server. */
export interface TransactionSource {
  readonly store: CommitStore;
  beginTransaction(sessionId: number): Transaction;
}

const maximumNesting = 32_000;

/**
 * The transaction state of one session: the explicit transaction with its nesting count (@@TRANCOUNT), and the
 * autocommit transaction that lives for one statement.
 *
 * None -> statement (autocommit; ends with its statement) or explicit (BEGIN TRANSACTION, implicit transactions, or a
 * client's begin request; ends with the outermost COMMIT or any ROLLBACK).
 */
export class SessionTransactions {
  readonly #source: TransactionSource;
  readonly #sessionId: number;
  readonly #isolation: () => string;
  #explicit: Transaction | undefined;
  #statement: Transaction | undefined;
  #count = 0;
  #name: string | undefined;
  /** The autocommit transaction of a statement while statements inside it run: see {@link enterStatement}. */
  #held: Transaction | undefined;
  #depth = 0;

  /** @param isolation the session's SET TRANSACTION ISOLATION LEVEL */
  constructor(source: TransactionSource, sessionId: number, isolation: () => string = () => 'READ COMMITTED') {
    this.#source = source;
    this.#sessionId = sessionId;
    this.#isolation = isolation;
  }

  /** The transaction that reads look through. */
  get current(): Transaction | undefined {
    return this.#explicit ?? this.#statement;
  }

  get explicit(): Transaction | undefined {
    return this.#explicit;
  }

  /** Name given with the outermost BEGIN TRANSACTION: ROLLBACK with it ends the whole transaction. */
  get name(): string | undefined {
    return this.#name;
  }

  /** @@TRANCOUNT. */
  get count(): number {
    return this.#count;
  }

  /** XACT_STATE(). */
  get state(): -1 | 0 | 1 {
    if (this.#explicit === undefined) return 0;
    return this.#explicit.doomed ? -1 : 1;
  }

  /**
   * The transaction to write in; begins an autocommit one when none is open.
   *
   * @throws {SqlError} 3930 when the open transaction is doomed
   */
  forWriting(): Transaction {
    if (this.#explicit !== undefined) {
      if (this.#explicit.doomed) {
        throw transactionDoomed();
      }
      return this.#explicit;
    }
    this.#statement ??= this.#source.beginTransaction(this.#sessionId);
    return this.#statement;
  }

  /** A statement has succeeded: ends its autocommit transaction; in an explicit one, its undo steps for table variables go. */
  endStatement(): void {
    const statement = this.#statement;
    this.#statement = undefined;
    statement?.commit(this.#source.store);
    if (this.#depth === 0) this.#explicit?.endStatement();
  }

  /**
   * Runs statements inside a statement: those of its triggers, or of the procedure of INSERT ... EXEC. They belong to
   * its transaction, so under autocommit @@TRANCOUNT is 1 there and only the statement around them commits.
   *
   * @returns false when the transaction ended inside
   */
  async inside(work: () => Promise<void>): Promise<boolean> {
    const transaction = this.forWriting();
    const autocommit = this.#explicit === undefined;
    if (autocommit) {
      this.#explicit = transaction;
      this.#statement = undefined;
      this.#held = transaction;
      this.#count = 1;
    }
    this.#depth += 1;
    try {
      await work();
    } finally {
      this.#depth -= 1;
      if (autocommit) {
        this.#held = undefined;
        if (this.#explicit === transaction) {
          this.#explicit = undefined;
          this.#statement = transaction;
          this.#count = 0;
        }
      }
    }
    return transaction.outcome === undefined;
  }

  /** Takes a failed statement back: all of the autocommit transaction, or the explicit one to where the statement began. */
  abandonStatement(mark: number): void {
    const statement = this.#statement;
    this.#statement = undefined;
    if (statement !== undefined) statement.rollback();
    else if (this.#explicit?.outcome === undefined) this.#explicit?.rollbackTo(mark);
  }

  /** Takes a statement that met a lock back, but keeps its transaction as the one that waits. */
  rewindStatement(mark: number): void {
    if (this.#statement !== undefined) this.#statement.rollbackTo(0);
    else this.#explicit?.rollbackTo(mark);
  }

  mark(): number {
    return this.current?.mark() ?? 0;
  }

  /** @param name of BEGIN TRANSACTION; only that of the outermost one counts */
  begin(sink: ResultSink, name?: string): void {
    if (this.#count >= maximumNesting) throw transactionsNestedTooDeeply();
    this.#count += 1;
    if (this.#explicit !== undefined) return;
    this.#explicit = this.#source.beginTransaction(this.#sessionId);
    this.#explicit.isolation = this.#isolation();
    this.#name = name;
    sink.environment({ kind: 'begin', descriptor: this.#explicit.id });
  }

  /** @throws {SqlError} 3902 without a transaction, 3930 for a doomed one */
  commit(sink: ResultSink): void {
    const transaction = this.#explicit;
    if (transaction === undefined) {
      throw nothingToCommit();
    }
    if (transaction.doomed) {
      throw transactionDoomed();
    }
    if (this.#count > 1) {
      this.#count -= 1;
      return;
    }
    this.#count = 0;
    this.#explicit = undefined;
    const announced = transaction !== this.#held;
    try {
      transaction.commit(this.#source.store);
    } catch (error) {
      if (announced) sink.environment({ kind: 'rollback', descriptor: transaction.id });
      throw error;
    }
    if (announced) sink.environment({ kind: 'commit', descriptor: transaction.id });
  }

  /** Rolls the whole transaction back, however deep it is nested. False when there is none. */
  rollback(sink: ResultSink | undefined): boolean {
    const transaction = this.#explicit;
    this.#statement?.rollback();
    this.#statement = undefined;
    if (transaction === undefined) return false;
    this.#count = 0;
    this.#explicit = undefined;
    transaction.rollback();
    // The client never learned of a transaction that belongs to one statement.
    if (transaction !== this.#held) sink?.environment({ kind: 'rollback', descriptor: transaction.id });
    return true;
  }

  /** @throws {SqlError} 628 without a transaction */
  save(name: string): void {
    if (this.#explicit === undefined) {
      throw saveWithoutTransaction();
    }
    this.#explicit.save(name);
  }
}

import { type CommitStore, Transaction } from './transaction.ts';

/** Hands out transactions and knows which are open. Nesting and @@TRANCOUNT are the session's business. */
export class TransactionManager {
  readonly store: CommitStore;
  readonly #open = new Map<bigint, Transaction>();
  // The descriptor 0 means "no transaction" in TDS; SQL Server's own ids start well above it too.
  #lastId = 1000n;

  constructor(store: CommitStore) {
    this.store = store;
  }

  /** Begins a transaction of a session; it is open until it commits or rolls back. */
  beginTransaction(sessionId: number): Transaction {
    this.#lastId += 1n;
    const transaction = new Transaction(this.#lastId, sessionId);
    this.#open.set(transaction.id, transaction);
    transaction.onEnd(() => this.#open.delete(transaction.id));
    return transaction;
  }

  /** Open transactions, oldest first: `sys.dm_tran_active_transactions`. */
  open(): IterableIterator<Transaction> {
    return this.#open.values();
  }

  find(id: bigint): Transaction | undefined {
    return this.#open.get(id);
  }
}

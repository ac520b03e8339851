import type { DatabaseSync } from 'node:sqlite';

/** How a transaction ended. */
export type TransactionOutcome = 'committed' | 'rolledBack';

/** A room of the engine (a table, the catalog, the broker) that holds uncommitted work of a transaction. */
export interface TransactionParticipant {
  /** Writes the work to the durable store. Runs inside the store's own short write transaction, at commit only. */
  persist(database: DatabaseSync): void;
  /** The transaction is over: publish the work (committed) or forget what undo steps did not already take back. */
  ended(outcome: TransactionOutcome): void;
}

/** The durable store, as a transaction needs it: everything persisted in `work` becomes durable at once or not at all. */
export interface CommitStore {
  write(work: (database: DatabaseSync) => void): void;
}

/** Undo step of a change that stays. */
const keep = (): void => {};

/**
 * A unit of work of one session. Every change is recorded with the step that takes it back, so a rollback to any mark
 * (statement, savepoint, whole) replays those steps in reverse. Uncommitted work lives with the participants and is
 * seen by its own session only; the durable store is written once, at commit, in one short SQLite transaction that is
 * never held open across a wait.
 *
 * States: active -> ended (committed or rolledBack). A doomed transaction (XACT_STATE() = -1) can only roll back.
 */
export class Transaction {
  /** Non-zero and unique for the life of the server; also the descriptor in TDS request headers. */
  readonly id: bigint;
  readonly sessionId: number;
  readonly startedAt: number = Date.now();
  /** SET TRANSACTION ISOLATION LEVEL when it began. */
  isolation: string | undefined;
  /** Set by an error under XACT_ABORT or in the broker; from then on only ROLLBACK is allowed. */
  doomed = false;
  /** Names of databases whose catalog or broker it has changed, also where it took that back: it uses them until it ends. */
  readonly changedDatabases = new Set<string>();
  readonly #undo: (() => void)[] = [];
  /** Positions in the undo log of steps that a finished statement keeps: see {@link recordForStatement}. */
  readonly #statementSteps: number[] = [];
  readonly #savepoints: { readonly name: string; readonly mark: number }[] = [];
  readonly #participants = new Map<object, TransactionParticipant>();
  readonly #endListeners: ((outcome: TransactionOutcome) => void)[] = [];
  #outcome: TransactionOutcome | undefined;
  #rollingBack = false;

  constructor(id: bigint, sessionId: number) {
    this.id = id;
    this.sessionId = sessionId;
  }

  get outcome(): TransactionOutcome | undefined {
    return this.#outcome;
  }

  /** True while undo steps run because the whole transaction ends, false when they go back to a mark only. */
  get rollingBack(): boolean {
    return this.#rollingBack;
  }

  /** The participant registered under `key`, made by `create` when there is none yet. */
  enlist<T extends TransactionParticipant>(key: object, create: () => T): T {
    const known = this.#participants.get(key);
    if (known !== undefined) return known as T;
    const participant = create();
    this.#participants.set(key, participant);
    return participant;
  }

  /** The participant registered under `key`, if any. */
  participant<T extends TransactionParticipant>(key: object): T | undefined {
    return this.#participants.get(key) as T | undefined;
  }

  /** Records the step that takes the change just made back. */
  record(undo: () => void): void {
    this.#undo.push(undo);
  }

  /**
   * Records a step that is taken back only while its statement has not succeeded: changes of table variables, which
   * outlive a rollback of the transaction but not the failure of the statement that made them.
   */
  recordForStatement(undo: () => void): void {
    this.#statementSteps.push(this.#undo.length);
    this.#undo.push(undo);
  }

  /** The statement has succeeded: what {@link recordForStatement} recorded is final. Marks stay valid. */
  endStatement(): void {
    if (this.#statementSteps.length === 0) return;
    for (const position of this.#statementSteps) if (position < this.#undo.length) this.#undo[position] = keep;
    this.#statementSteps.length = 0;
  }

  /** A point to which {@link rollbackTo} can return. */
  mark(): number {
    return this.#undo.length;
  }

  /** Takes back everything recorded since `mark`. */
  rollbackTo(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
    while ((this.#statementSteps.at(-1) ?? -1) >= mark) this.#statementSteps.pop();
    while ((this.#savepoints.at(-1)?.mark ?? -1) > mark) this.#savepoints.pop();
  }

  /** SAVE TRANSACTION. A name may be used again; the latest wins. */
  save(name: string): void {
    this.#savepoints.push({ name, mark: this.mark() });
  }

  /** ROLLBACK to a savepoint; false when there is none of that name. The savepoint itself stays. */
  rollbackToSavepoint(name: string): boolean {
    const savepoint = this.#savepoints.findLast((candidate) => candidate.name === name);
    if (savepoint === undefined) return false;
    this.rollbackTo(savepoint.mark);
    return true;
  }

  /** Runs when the transaction has ended, in the order of registration. */
  onEnd(listener: (outcome: TransactionOutcome) => void): void {
    this.#endListeners.push(listener);
  }

  /**
   * Makes the work durable, then visible.
   *
   * @throws whatever the store throws (a full disk, for example); the transaction is then rolled back
   */
  commit(store: CommitStore): void {
    if (this.#participants.size > 0) {
      try {
        store.write((database) => {
          for (const participant of this.#participants.values()) participant.persist(database);
        });
      } catch (error) {
        this.rollback();
        throw error;
      }
    }
    this.#end('committed');
  }

  rollback(): void {
    this.#rollingBack = true;
    this.rollbackTo(0);
    this.#end('rolledBack');
  }

  #end(outcome: TransactionOutcome): void {
    if (this.#outcome !== undefined) throw new Error(`transaction ${this.id} has ended already: ${this.#outcome}`);
    this.#outcome = outcome;
    for (const participant of this.#participants.values()) participant.ended(outcome);
    for (const listener of this.#endListeners) listener(outcome);
  }
}

/** A lock that statements wait for in the order in which they asked. */
export interface WaitedLock {
  /** Calls `listener` whenever a request may now succeed; returns how to stop that. */
  onChange(listener: () => void): () => void;
  /** Gives up the transaction's place among those that wait. */
  withdraw(transaction: Transaction): void;
}

/** What a blocked statement asked for, as `sys.dm_tran_locks` shows it. */
export interface LockRequest {
  readonly type: 'OBJECT' | 'KEY';
  /** As `request_mode` names it: S, U, X, IX, Sch-M, RangeS-S and so on. */
  readonly mode: string;
  /** The table or queue that is, or that has, what was asked for. */
  readonly owner: object;
  /** Present where waiting has an order of its own. */
  readonly lock?: WaitedLock;
}

/**
 * Thrown by a room when what it was asked to touch belongs to another session's open transaction. The interpreter takes
 * the statement back, waits for the blocker through `waitForLock`, and runs the statement again.
 */
export class TransactionConflict extends Error {
  readonly code = 'TRANSACTION_CONFLICT';
  readonly retryable = true;
  override get name(): string {
    return this.constructor.name;
  }
  readonly blocker: Transaction;
  readonly #request: LockRequest | undefined;

  constructor(blocker: Transaction, request?: LockRequest) {
    super(`blocked by session ${blocker.sessionId}`);
    this.blocker = blocker;
    this.#request = request;
  }

  get request(): LockRequest | undefined {
    return this.#request;
  }
}

import { type Transaction, TransactionConflict, type WaitedLock } from './transaction.ts';

/** Modes of a lock on a whole table or queue. */
export type ObjectLockMode = 'Sch-S' | 'IS' | 'S' | 'IX' | 'X' | 'Sch-M';

const bits: Readonly<Record<ObjectLockMode, number>> = { 'Sch-S': 1, IS: 2, S: 4, IX: 8, X: 16, 'Sch-M': 32 };

/** Source: the table of compatibility in Microsoft's transaction locking guide. */
const incompatible: Readonly<Record<ObjectLockMode, number>> = {
  'Sch-S': bits['Sch-M'],
  IS: bits.X | bits['Sch-M'],
  S: bits.IX | bits.X | bits['Sch-M'],
  IX: bits.S | bits.X | bits['Sch-M'],
  X: bits.IS | bits.S | bits.IX | bits.X | bits['Sch-M'],
  'Sch-M': 63,
};

/** Modes that a holder of the mode has no need to ask for. */
const covers: Readonly<Record<ObjectLockMode, number>> = {
  'Sch-S': bits['Sch-S'],
  IS: bits['Sch-S'] | bits.IS,
  S: bits['Sch-S'] | bits.IS | bits.S,
  IX: bits['Sch-S'] | bits.IS | bits.IX,
  X: 63 & ~bits['Sch-M'],
  'Sch-M': 63,
};

interface Waiting {
  readonly transaction: Transaction;
  readonly mode: ObjectLockMode;
}

/** A lock that an open transaction holds, or waits for. */
export interface ObjectLockEntry extends Waiting {
  readonly status: 'GRANT' | 'WAIT';
}

/**
 * The lock on one table or queue. Requests are served in the order in which they came: what a waiting Sch-M would
 * conflict with waits behind it, which is how one ALTER QUEUE behind one long transaction holds everybody up.
 */
export class ObjectLock implements WaitedLock {
  /** The table or queue, for `sys.dm_tran_locks`. */
  readonly owner: object;
  /** Per transaction the modes it holds, and what they cover, as two sets of bits. */
  readonly #granted = new Map<Transaction, { held: number; covered: number }>();
  readonly #waiting: Waiting[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(owner: object) {
    this.owner = owner;
  }

  /**
   * Takes the lock until the transaction ends. Returns whether the transaction had it, or more, already.
   *
   * @throws {TransactionConflict} when it has to wait; its place among those that wait is kept until it asks again
   */
  acquire(transaction: Transaction, mode: ObjectLockMode): boolean {
    const own = this.#granted.get(transaction);
    if (own !== undefined && (own.covered & bits[mode]) !== 0) return true;
    const isAlone = this.#waiting.length === 0 && this.#granted.size === (own === undefined ? 0 : 1);
    const blocker = isAlone ? undefined : this.#blockerOf(transaction, mode, own !== undefined);
    if (blocker !== undefined) {
      if (!this.#waiting.some((entry) => entry.transaction === transaction && entry.mode === mode)) {
        if (!this.#waiting.some((entry) => entry.transaction === transaction)) {
          transaction.onEnd(() => this.withdraw(transaction));
        }
        this.#waiting.push({ transaction, mode });
      }
      throw this.#conflict(blocker, mode);
    }
    if (this.#waiting.length > 0) this.#removeWaiting(transaction);
    if (own !== undefined) {
      own.held |= bits[mode];
      own.covered |= covers[mode];
      return false;
    }
    this.#granted.set(transaction, { held: bits[mode], covered: covers[mode] });
    transaction.onEnd(() => {
      this.#granted.delete(transaction);
      if (this.#listeners.size > 0) this.#changed();
    });
    return false;
  }

  /** Asks for a lock that is given back at once: that of a statement which meets no lock. @throws {TransactionConflict} */
  check(transaction: Transaction | undefined, mode: ObjectLockMode): void {
    if (this.#granted.size === 0 && this.#waiting.length === 0) return;
    const own = transaction === undefined ? undefined : this.#granted.get(transaction);
    if (own !== undefined && (own.covered & bits[mode]) !== 0) return;
    const blocker = this.#blockerOf(transaction, mode, own !== undefined);
    if (blocker !== undefined) throw this.#conflict(blocker, mode);
  }

  /** Gives up a lock that was taken for a statement which needed none after all. */
  release(transaction: Transaction): void {
    if (this.#granted.delete(transaction)) this.#changed();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  withdraw(transaction: Transaction): void {
    if (this.#removeWaiting(transaction)) this.#changed();
  }

  /** What is held and waited for. */
  *entries(): Generator<ObjectLockEntry> {
    for (const [transaction, { held }] of this.#granted) {
      for (const mode of Object.keys(bits) as ObjectLockMode[]) {
        if ((held & bits[mode]) !== 0) yield { transaction, mode, status: 'GRANT' };
      }
    }
    for (const waiting of this.#waiting) yield { ...waiting, status: 'WAIT' };
  }

  /** Who keeps the request waiting. One who holds the lock already doesn't queue again for more of it. */
  #blockerOf(transaction: Transaction | undefined, mode: ObjectLockMode, converts: boolean): Transaction | undefined {
    for (const [other, { held }] of this.#granted) {
      if (other !== transaction && (held & incompatible[mode]) !== 0) return other;
    }
    if (converts) return undefined;
    for (const earlier of this.#waiting) {
      if (earlier.transaction === transaction) return undefined;
      if ((bits[earlier.mode] & incompatible[mode]) !== 0) return earlier.transaction;
    }
    return undefined;
  }

  #conflict(blocker: Transaction, mode: ObjectLockMode): TransactionConflict {
    return new TransactionConflict(blocker, { type: 'OBJECT', mode, owner: this.owner, lock: this });
  }

  #removeWaiting(transaction: Transaction): boolean {
    const before = this.#waiting.length;
    for (let index = before - 1; index >= 0; index -= 1) {
      if (this.#waiting[index]?.transaction === transaction) this.#waiting.splice(index, 1);
    }
    return this.#waiting.length < before;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

import type { FunctionContext } from '../functions/function-context.ts';
import type { TableStore } from '../storage/table-store.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { ExecutionContext } from './environment.ts';
import { Frame, Run } from './frame.ts';

/** Stands in where nothing runs: constants and filters of indexes never look at it. */
class DetachedContext implements ExecutionContext {
  get rowLimit(): number {
    throw this.#refusal();
  }

  get transaction(): Transaction | undefined {
    throw this.#refusal();
  }

  get functions(): FunctionContext {
    throw this.#refusal();
  }

  writeTransaction(): Transaction {
    throw this.#refusal();
  }

  getVariable(): SqlValue {
    throw this.#refusal();
  }

  setVariable(): void {
    throw this.#refusal();
  }

  tableVariable(): TableStore {
    throw this.#refusal();
  }

  identityInsert(): boolean {
    throw this.#refusal();
  }

  identityInserted(): void {
    throw this.#refusal();
  }

  isUpdated(): boolean {
    throw this.#refusal();
  }

  nextRowVersion(): Uint8Array {
    throw this.#refusal();
  }

  #refusal(): Error {
    return new Error('an expression that must not depend on a running statement looked at it');
  }
}

const detachedRun = new Run(new DetachedContext());

/** A frame outside any statement, with the given rows. */
export function detachedFrame(rows: readonly SqlRow[] = []): Frame {
  const frame = new Frame(detachedRun, undefined);
  frame.rows = [...rows];
  return frame;
}

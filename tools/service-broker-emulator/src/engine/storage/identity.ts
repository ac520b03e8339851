import type { TableDefinition } from '../catalog/table-definition.ts';
import type { SqlTypeName } from '../types/sql-type.ts';
import type { DatabaseStore } from './database-store.ts';
import { DurableCounter } from './durable-counter.ts';
import { identityOverflow } from './errors.ts';

/**
 * Identity values reserved per write. Fewer cost a write every so many rows, more leave a wider gap after the process
 * was killed; SQL Server's own gaps are 1,000 (int) and 10,000 (bigint).
 */
const identityCache = 1000n;

const ranges: Partial<Record<SqlTypeName, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-9223372036854775808n, 9223372036854775807n],
};

/** Where an identity column's current value is kept. */
export interface IdentityState {
  readonly current: bigint | undefined;
  advance(value: bigint, reserved: bigint, ascending: boolean): void;
  reset(value: bigint | undefined): void;
}

/** State of an identity column that ends with its table: temp tables and table variables. */
export class VolatileIdentityState implements IdentityState {
  current: bigint | undefined;

  advance(value: bigint): void {
    this.current = value;
  }

  reset(value: bigint | undefined): void {
    this.current = value;
  }
}

/** The identity column of a table; never gives a value twice unless reseeded. */
export class Identity {
  readonly #state: IdentityState;
  readonly #seed: bigint;
  readonly #increment: bigint;
  readonly #range: readonly [bigint, bigint] | undefined;
  readonly #typeName: string;

  constructor(definition: TableDefinition, state: IdentityState) {
    const column = definition.columns.find((candidate) => candidate.identity !== undefined);
    this.#seed = column?.identity?.seed ?? 1n;
    this.#increment = column?.identity?.increment ?? 1n;
    this.#range = column === undefined ? undefined : ranges[column.type.name];
    this.#typeName = column?.type.name ?? 'bigint';
    this.#state = state;
  }

  get current(): bigint | undefined {
    return this.#state.current;
  }

  /** @throws {SqlError} 8115 when the column's type has no further value */
  next(): bigint {
    const current = this.#state.current;
    const value = current === undefined ? this.#seed : current + this.#increment;
    if (this.#range !== undefined && (value < this.#range[0] || value > this.#range[1])) {
      throw identityOverflow(this.#typeName);
    }
    this.#state.advance(value, value + identityCache * this.#increment, this.#increment > 0n);
    return value;
  }

  /** `undefined` starts again at the seed. */
  reseed(value: bigint | undefined): void {
    this.#state.reset(value);
  }
}

/** Identity state that survives the process, under the name of the table's row storage. */
export function durableIdentityState(store: DatabaseStore, storageName: string): DurableCounter {
  return new DurableCounter(store, `identity:${storageName}`);
}

import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import type { FunctionContext } from './function-context.ts';

/** A built-in scalar function. It converts its arguments itself, from the types they have. */
export interface ScalarFunction {
  /** Upper case. */
  readonly name: string;
  readonly minArguments: number;
  /** Infinity = any number. */
  readonly maxArguments: number;
  /** False when two calls with the same arguments may differ. */
  readonly deterministic: boolean;
  /**
   * Type of the result.
   *
   * @param types types of the arguments as written
   * @param literals the values of arguments that are literals, undefined for others (a length can depend on them)
   * @throws {SqlError} when the argument types do not fit (8116, 206, 257)
   */
  resultType(types: readonly SqlType[], literals: readonly (SqlValue | undefined)[]): SqlType;
  /** @throws {SqlError} for values outside the function's domain */
  evaluate(args: readonly SqlValue[], types: readonly SqlType[], context: FunctionContext): SqlValue;
}

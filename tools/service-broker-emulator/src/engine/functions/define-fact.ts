import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { defineFunction } from './define-function.ts';
import type { FunctionContext } from './function-context.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** A function without arguments that returns a fact about the session. */
export function fact(name: string, type: SqlType, read: (context: FunctionContext) => SqlValue): ScalarFunction {
  return defineFunction(name, {
    arguments: 0,
    deterministic: false,
    type,
    evaluate: (_args, _types, context) => read(context),
  });
}

import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import type { FunctionContext } from './function-context.ts';
import type { ScalarFunction } from './scalar-function.ts';

interface FunctionDefinition {
  /** One number, or the least and the greatest. */
  readonly arguments: number | readonly [minimum: number, maximum: number];
  /** @default true */
  readonly deterministic?: boolean;
  /** A type, or how to find it. */
  readonly type:
    | SqlType
    | ((types: readonly SqlType[], literals: readonly (SqlValue | undefined)[], name: string) => SqlType);
  readonly evaluate: (args: readonly SqlValue[], types: readonly SqlType[], context: FunctionContext) => SqlValue;
}

/** Makes a {@link ScalarFunction}; a family of functions is an array of these. */
export function defineFunction(name: string, definition: FunctionDefinition): ScalarFunction {
  const { type } = definition;
  const [minimum, maximum] =
    typeof definition.arguments === 'number' ? [definition.arguments, definition.arguments] : definition.arguments;
  return {
    name,
    minArguments: minimum,
    maxArguments: maximum,
    deterministic: definition.deterministic ?? true,
    resultType: typeof type === 'function' ? (types, literals) => type(types, literals, name) : () => type,
    evaluate: definition.evaluate,
  };
}

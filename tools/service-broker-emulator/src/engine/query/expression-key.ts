import type { Expression, FunctionCall } from '../../tsql/ast/expressions.ts';
import { isDatePartFunction } from '../functions/find-function.ts';
import type { Scope } from './scope.ts';

/**
 * A text that two expressions of one scope share exactly when they are the same expression: what GROUP BY needs to
 * recognize its expressions in the select list. Columns count as what they resolve to, so `t.a` equals `a`.
 */
export function expressionKey(node: Expression, scope: Scope): string {
  return JSON.stringify(node, (name, value: unknown) => {
    if (name === 'line') return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    if (isDatePartCall(value)) {
      const [part, ...rest] = value.arguments;
      return { ...value, arguments: [part?.kind === 'column' ? part.parts.join('.').toLowerCase() : part, ...rest] };
    }
    if (isColumn(value)) {
      const found = scope.resolve(value.parts, 0);
      return columnKey(found.depth, found.slot, found.ordinal);
    }
    return value;
  });
}

export function columnKey(depth: number, slot: number, ordinal: number): string {
  return `column ${depth}.${slot}.${ordinal}`;
}

/** DATEADD and its kin: the date part looks like a column and isn't one. */
export function isDatePartCall(value: unknown): value is FunctionCall {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'function' &&
    'name' in value &&
    typeof value.name === 'object' &&
    value.name !== null &&
    'name' in value.name &&
    typeof value.name.name === 'string' &&
    isDatePartFunction(value.name.name)
  );
}

/** A column by its name. */
export function isColumn(value: unknown): value is { readonly parts: readonly string[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'column' &&
    'parts' in value &&
    Array.isArray(value.parts)
  );
}

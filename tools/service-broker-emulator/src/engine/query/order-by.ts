import type { Expression } from '../../tsql/ast/expressions.ts';
import type { OrderByItem, SelectItem } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { compileOrder } from './conversion.ts';
import { ambiguousColumnName } from './errors/name-errors.ts';
import { orderByBesideDistinct, orderByNotSelected, orderPositionOutOfRange } from './errors/query-errors.ts';
import { compileExpression } from './expression.ts';
import { expressionKey } from './expression-key.ts';
import type { Frame } from './frame.ts';
import type { Scope } from './scope.ts';
import type { SelectColumn } from './select-list.ts';

export interface OrderTarget {
  readonly compare: (a: SqlValue, b: SqlValue) => number;
}

export interface OrderKey extends OrderTarget {
  /** @param row the output row */
  readonly value: (frame: Frame, row: SqlRow) => SqlValue;
}

/** Compiles ORDER BY: positions, aliases of the select list, then any expression of the rows. */
export function compileOrderKeys(
  items: readonly OrderByItem[],
  columns: readonly SelectColumn[],
  scope: Scope,
  distinct: boolean,
): readonly OrderKey[] {
  return items.map((item): OrderKey => {
    const ordinal = outputOrdinal(item, columns) ?? (distinct ? sameExpression(item, columns, scope) : undefined);
    if (ordinal !== undefined) return outputKey(ordinal, columns, item.descending);
    if (distinct) {
      throw orderByBesideDistinct(item.expression.line);
    }
    const expression = compileExpression(item.expression, scope);
    return {
      compare: orderOf(expression.type, item.descending),
      value: (frame) => expression.evaluate(frame),
    };
  });
}

function orderOf(type: SqlType, descending: boolean): (a: SqlValue, b: SqlValue) => number {
  return compileOrder(type, descending);
}

function outputKey(ordinal: number, columns: readonly { readonly type: SqlType }[], descending: boolean): OrderKey {
  const column = columns[ordinal];
  if (column === undefined) throw new Error(`output column ${ordinal} is missing`);
  return { compare: orderOf(column.type, descending), value: (_frame, row) => row[ordinal] ?? null };
}

/** The output column that an item names by position or alias. */
function outputOrdinal(item: OrderByItem, columns: readonly { readonly name: string }[]): number | undefined {
  const { expression } = item;
  if (expression.kind === 'literal' && expression.type === 'integer') {
    const position = Number(expression.text);
    if (position < 1 || position > columns.length) {
      throw orderPositionOutOfRange(expression.text, expression.line);
    }
    return position - 1;
  }
  if (expression.kind !== 'column' || expression.parts.length !== 1) return undefined;
  const [name = ''] = expression.parts;
  const key = nameKey(name);
  const matches = columns.flatMap((column, index) => (nameKey(column.name) === key ? [index] : []));
  if (matches.length > 1) throw ambiguousColumnName(name, expression.line);
  return matches[0];
}

function sameExpression(item: OrderByItem, columns: readonly SelectColumn[], scope: Scope): number | undefined {
  const key = expressionKey(item.expression, scope);
  const index = columns.findIndex((column) => {
    if (column.node !== undefined) return expressionKey(column.node, scope) === key;
    return false;
  });
  return index === -1 ? undefined : index;
}

/** The column of the first list of a UNION that shows the column which an item names. */
function listedOrdinal(expression: Expression, first: readonly SelectItem[]): number | undefined {
  if (expression.kind !== 'column' || first.some((item) => item.kind !== 'expression')) return undefined;
  const wanted = expression.parts.map(nameKey);
  const found = first.findIndex((item) => {
    if (item.kind !== 'expression' || item.expression.kind !== 'column') return false;
    const listed = item.expression.parts.map(nameKey);
    const parts = Math.min(wanted.length, listed.length);
    return wanted.slice(-parts).join('.') === listed.slice(-parts).join('.');
  });
  return found < 0 ? undefined : found;
}

/**
 * Order keys over the output columns alone, for UNION and its kin.
 *
 * @param first the select list of the first query, whose columns may be named as they are written there
 */
export function compileOutputOrder(
  items: readonly OrderByItem[],
  columns: readonly { readonly name: string; readonly type: SqlType }[],
  first: readonly SelectItem[] = [],
): readonly OrderKey[] {
  return items.map((item) => {
    const ordinal = outputOrdinal(item, columns) ?? listedOrdinal(item.expression, first);
    if (ordinal === undefined) {
      throw orderByNotSelected(item.expression.line);
    }
    return outputKey(ordinal, columns, item.descending);
  });
}

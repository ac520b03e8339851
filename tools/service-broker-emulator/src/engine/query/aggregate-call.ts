import type { FunctionCall } from '../../tsql/ast/expressions.ts';
import { compileKey } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { intType, isCharacterType, isUnicodeType, nvarcharMaxType, withLength } from '../types/type-info.ts';
import { textLengthIn } from '../types/varchar-bytes.ts';
import { type AggregateFunction, aggregateFunction } from './aggregate.ts';
import { compileOrder, convertTo } from './conversion.ts';
import { stringAggTooLong, wrongArgumentCount } from './errors/expression-errors.ts';
import { compileExpression } from './expression.ts';
import type { CompiledExpression, Frame } from './frame.ts';
import type { Scope } from './scope.ts';

/** An aggregate with its arguments: fed with the frame of each row of a group. */
export interface AggregatePlan {
  readonly type: SqlType;
  readonly nullable: boolean;
  create(): { add(frame: Frame): void; result(): SqlValue };
}

/** Compiles an aggregate call (without OVER) whose arguments are expressions of the rows. */
export function compileAggregateCall(call: FunctionCall, scope: Scope): AggregatePlan {
  const name = call.name.name.toUpperCase();
  if (name === 'STRING_AGG') return compileStringAggregate(call, scope);
  const [argumentNode, ...rest] = call.arguments;
  if (call.star) {
    const aggregate = aggregateFunction(name, intType);
    return { ...aggregate, create: () => countEveryRow(aggregate) };
  }
  if (argumentNode === undefined || rest.length > 0) {
    throw wrongArgumentCount(name.toLowerCase(), 1, call.line);
  }
  const argument = compileExpression(argumentNode, scope);
  const aggregate = aggregateFunction(name, argument.type);
  const distinct = call.distinct;
  return {
    type: aggregate.type,
    nullable: aggregate.nullable,
    create: () => {
      const accumulator = aggregate.create();
      const accept = distinct ? onlyDistinct(argument.type, accumulator.add) : accumulator.add;
      return {
        add: (frame) => {
          const value = argument.evaluate(frame);
          if (value !== null) accept(value);
        },
        result: accumulator.result,
      };
    },
  };
}

function countEveryRow(aggregate: AggregateFunction): { add(frame: Frame): void; result(): SqlValue } {
  const accumulator = aggregate.create();
  return { add: () => accumulator.add(0), result: accumulator.result };
}

function onlyDistinct(type: SqlType, add: (value: SqlValue) => void): (value: SqlValue) => void {
  const keyOf = compileKey(type);
  const seen = new Set<string | number | bigint>();
  return (value) => {
    const key = keyOf(value);
    if (seen.has(key)) return;
    seen.add(key);
    add(value);
  };
}

function compileStringAggregate(call: FunctionCall, scope: Scope): AggregatePlan {
  const [valueNode, separatorNode] = call.arguments;
  if (valueNode === undefined || separatorNode === undefined) {
    throw wrongArgumentCount('string_agg', 2, call.line);
  }
  const original = compileExpression(valueNode, scope);
  const type = stringAggregateType(original.type);
  const value = isCharacterType(original.type) ? original : convertTo(original, nvarcharMaxType);
  const separator: CompiledExpression = convertTo(compileExpression(separatorNode, scope), {
    ...type,
    length: 'max',
  });
  const order = (call.withinGroup ?? []).map((item) => {
    const expression = compileExpression(item.expression, scope);
    return { evaluate: expression.evaluate, compare: compileOrder(expression.type, item.descending) };
  });
  return {
    type,
    nullable: true,
    create: () => {
      const entries: { readonly text: string; readonly keys: readonly SqlValue[] }[] = [];
      let glue = '';
      return {
        add: (frame) => {
          const text = value.evaluate(frame);
          if (text === null) return;
          if (entries.length === 0) glue = (separator.evaluate(frame) as string | null) ?? '';
          entries.push({ text: text as string, keys: order.map((key) => key.evaluate(frame)) });
        },
        result: () => {
          if (entries.length === 0) return null;
          if (order.length > 0) {
            entries.sort((a, b) => {
              for (const [index, key] of order.entries()) {
                const result = key.compare(a.keys[index] ?? null, b.keys[index] ?? null);
                if (result !== 0) return result;
              }
              return 0;
            });
          }
          const joined = entries.map((entry) => entry.text).join(glue);
          if (type.length !== 'max' && textLengthIn(type, joined) > (type.name === 'nvarchar' ? 4000 : 8000)) {
            throw stringAggTooLong();
          }
          return joined;
        },
      };
    },
  };
}

function stringAggregateType(type: SqlType): SqlType {
  if (!isCharacterType(type)) return withLength('nvarchar', 4000);
  const name = isUnicodeType(type) ? 'nvarchar' : 'varchar';
  const length = type.length === 'max' ? Infinity : name === 'nvarchar' ? 4000 : 8000;
  return withLength(name, length, type.collation);
}

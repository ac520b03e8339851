import type { FunctionCall, WindowSpecification } from '../../tsql/ast/expressions.ts';
import { unsupported } from '../../unsupported.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { bigintType, floatType } from '../types/type-info.ts';
import { isAggregateName } from './aggregate.ts';
import { compileAggregateCall } from './aggregate-call.ts';
import { compileOrder, convertTo } from './conversion.ts';
import {
  distinctBesideOver,
  negativeRowOffset,
  overOrderRequired,
  tilesNotPositive,
  windowOutsideSelect,
  wrongArgumentCount,
} from './errors/expression-errors.ts';
import { compileExpression, constant, readColumn } from './expression.ts';
import type { CompiledExpression } from './frame.ts';
import type { Scope } from './scope.ts';
import type { Partition, WindowPlan } from './window.ts';
import { compileWindowFrame } from './window-frame.ts';

const windowOnlyNames: ReadonlySet<string> = new Set([
  'ROW_NUMBER',
  'RANK',
  'DENSE_RANK',
  'NTILE',
  'PERCENT_RANK',
  'CUME_DIST',
  'LAG',
  'LEAD',
  'FIRST_VALUE',
  'LAST_VALUE',
]);

/** @param name upper case */
export function isWindowOnlyName(name: string): boolean {
  return windowOnlyNames.has(name);
}

interface WindowFunction {
  readonly type: SqlType;
  readonly nullable: boolean;
  compute(partition: Partition): readonly SqlValue[];
}

/** Compiles `f(...) OVER (...)`. */
export function compileWindowCall(call: FunctionCall, scope: Scope): CompiledExpression {
  const { over } = call;
  if (over === undefined) throw new Error('a window call has an OVER clause');
  const { windows } = scope;
  if (windows === undefined) {
    throw windowOutsideSelect(call.line);
  }
  // Inside the clause itself window functions can't be nested (4109).
  scope.windows = undefined;
  try {
    const name = call.name.name.toUpperCase();
    const found = windowFunction(name, call, over, scope);
    const plan: WindowPlan = {
      type: found.type,
      partitionBy: over.partitionBy.map((node) => compileExpression(node, scope)),
      orderBy: over.orderBy.map((item) => {
        const expression = compileExpression(item.expression, scope);
        return { expression, compare: compileOrder(expression.type, item.descending) };
      }),
      compute: found.compute,
    };
    const ordinal = windows.add(plan);
    return { ...readColumn(0, windows.slot, ordinal), type: found.type, nullable: found.nullable };
  } finally {
    scope.windows = windows;
  }
}

function windowFunction(name: string, call: FunctionCall, over: WindowSpecification, scope: Scope): WindowFunction {
  if (isAggregateName(name)) return windowAggregate(call, over, scope);
  if (!isWindowOnlyName(name)) {
    throw unsupported(`${call.name.name} with an OVER clause`, call.line);
  }
  if (over.orderBy.length === 0) {
    throw overOrderRequired(call.name.name, call.line);
  }
  switch (name) {
    case 'LAG':
      return neighbour(call, -1, scope);
    case 'LEAD':
      return neighbour(call, 1, scope);
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return edgeValue(call, over, name === 'FIRST_VALUE', scope);
    case 'NTILE':
      return ntile(call, scope);
    case 'PERCENT_RANK':
      return ranking(floatType, (partition, _index, first) =>
        partition.size === 1 ? 0 : first / (partition.size - 1),
      );
    case 'CUME_DIST':
      return ranking(floatType, (partition, _index, _first, last) => (last + 1) / partition.size);
    case 'RANK':
      return ranking(bigintType, (_partition, _index, first) => BigInt(first + 1));
    case 'DENSE_RANK':
      return ranking(bigintType, (_partition, _index, _first, _last, group) => BigInt(group));
    default:
      return ranking(bigintType, (_partition, index) => BigInt(index + 1));
  }
}

/** A function of the row's place: its index, the first and last of its peers, and the number of its peer group from 1. */
function ranking(
  type: SqlType,
  value: (partition: Partition, index: number, first: number, last: number, group: number) => SqlValue,
): WindowFunction {
  return {
    type,
    nullable: true,
    compute: (partition) => {
      const values: SqlValue[] = [];
      let group = 0;
      for (let first = 0; first < partition.size; ) {
        let last = first;
        while (last + 1 < partition.size && partition.peers(first, last + 1)) last++;
        group++;
        for (let index = first; index <= last; index++) values.push(value(partition, index, first, last, group));
        first = last + 1;
      }
      return values;
    },
  };
}

function ntile(call: FunctionCall, scope: Scope): WindowFunction {
  const [countNode] = call.arguments;
  if (countNode === undefined) throw wrongArgumentCount('ntile', 1, call.line);
  const tiles = convertTo(compileExpression(countNode, scope), bigintType);
  return {
    type: bigintType,
    nullable: true,
    compute: (partition) => {
      const count = partition.size === 0 ? 1 : Number(tiles.evaluate(partition.at(0)) ?? 0);
      if (count <= 0) {
        throw tilesNotPositive();
      }
      // The first tiles take one row more each until the remainder is used up.
      const base = Math.floor(partition.size / count);
      const larger = partition.size % count;
      const values: SqlValue[] = [];
      for (let tile = 1; values.length < partition.size; tile++) {
        const size = base + (tile <= larger ? 1 : 0);
        for (let row = 0; row < size; row++) values.push(BigInt(tile));
      }
      return values;
    },
  };
}

function neighbour(call: FunctionCall, direction: -1 | 1, scope: Scope): WindowFunction {
  const [valueNode, offsetNode, defaultNode] = call.arguments;
  if (valueNode === undefined) throw wrongArgumentCount(call.name.name.toLowerCase(), 1, call.line);
  const value = compileExpression(valueNode, scope);
  const offset = offsetNode === undefined ? undefined : convertTo(compileExpression(offsetNode, scope), bigintType);
  const otherwise =
    defaultNode === undefined
      ? constant(value.type, null)
      : convertTo(compileExpression(defaultNode, scope), value.type);
  return {
    type: value.type,
    nullable: true,
    compute: (partition) =>
      Array.from({ length: partition.size }, (_, index) => {
        const distance = offset === undefined ? 1 : Number(offset.evaluate(partition.at(index)) ?? 0);
        if (distance < 0) {
          throw negativeRowOffset();
        }
        const target = index + direction * distance;
        return target >= 0 && target < partition.size
          ? value.evaluate(partition.at(target))
          : otherwise.evaluate(partition.at(index));
      }),
  };
}

function edgeValue(call: FunctionCall, over: WindowSpecification, first: boolean, scope: Scope): WindowFunction {
  const [valueNode] = call.arguments;
  if (valueNode === undefined) throw wrongArgumentCount(call.name.name.toLowerCase(), 1, call.line);
  const value = compileExpression(valueNode, scope);
  const bounds = compileWindowFrame(over, call.line, scope);
  return {
    type: value.type,
    nullable: true,
    compute: (partition) =>
      Array.from({ length: partition.size }, (_, index) => {
        const from = bounds.first(partition, index);
        const to = bounds.last(partition, index);
        return from > to ? null : value.evaluate(partition.at(first ? from : to));
      }),
  };
}

function windowAggregate(call: FunctionCall, over: WindowSpecification, scope: Scope): WindowFunction {
  if (call.distinct) {
    throw distinctBesideOver(call.line);
  }
  const aggregate = compileAggregateCall(call, scope);
  const bounds = compileWindowFrame(over, call.line, scope);
  return {
    type: aggregate.type,
    nullable: aggregate.nullable,
    compute: (partition) => {
      const values: SqlValue[] = [];
      let accumulator = aggregate.create();
      let added = 0;
      let result: SqlValue = null;
      for (let index = 0; index < partition.size; index++) {
        const last = bounds.last(partition, index);
        if (bounds.growing) {
          // Peers share a frame, so the result is computed anew only when the frame has grown.
          if (added <= last || index === 0) {
            for (; added <= last; added++) accumulator.add(partition.at(added));
            result = accumulator.result();
          }
        } else {
          accumulator = aggregate.create();
          for (let row = bounds.first(partition, index); row <= last; row++) accumulator.add(partition.at(row));
          result = accumulator.result();
        }
        values.push(result);
      }
      return values;
    },
  };
}

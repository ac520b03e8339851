import type { FrameBound, WindowSpecification } from '../../tsql/ast/expressions.ts';
import { unsupported } from '../../unsupported.ts';
import { intType } from '../types/type-info.ts';
import { convertTo } from './conversion.ts';
import { compileExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import type { Partition } from './window.ts';

/** First and last row (inclusive) that a window function looks at for row `index`; first > last is an empty frame. */
export interface WindowFrame {
  /** True when every frame starts at the partition's first row and ends no earlier than the frame before. */
  readonly growing: boolean;
  first(partition: Partition, index: number): number;
  last(partition: Partition, index: number): number;
}

/** The frame of an OVER clause; without one it is the whole partition, or up to the current row's peers when ordered. */
export function compileWindowFrame(over: WindowSpecification, line: number, scope: Scope): WindowFrame {
  const { frame } = over;
  if (frame === undefined) {
    return over.orderBy.length === 0
      ? { growing: true, first: () => 0, last: (partition) => partition.size - 1 }
      : { growing: true, first: () => 0, last: lastPeer };
  }
  if (frame.unit === 'range') {
    const offset = [frame.start, frame.end].some((bound) => bound.kind === 'preceding' || bound.kind === 'following');
    if (offset) throw unsupported('RANGE with an offset in a window frame', line);
    return {
      growing: frame.start.kind === 'unboundedPreceding',
      first: frame.start.kind === 'unboundedPreceding' ? () => 0 : firstPeer,
      last: frame.end.kind === 'unboundedFollowing' ? (partition) => partition.size - 1 : lastPeer,
    };
  }
  const start = rowBound(frame.start, scope);
  const end = rowBound(frame.end, scope);
  return {
    growing: frame.start.kind === 'unboundedPreceding',
    first: (partition, index) => Math.max(0, start(partition, index)),
    last: (partition, index) => Math.min(partition.size - 1, end(partition, index)),
  };
}

function firstPeer(partition: Partition, index: number): number {
  let first = index;
  while (first > 0 && partition.peers(first - 1, index)) first--;
  return first;
}

function lastPeer(partition: Partition, index: number): number {
  let last = index;
  while (last < partition.size - 1 && partition.peers(last + 1, index)) last++;
  return last;
}

function rowBound(bound: FrameBound, scope: Scope): (partition: Partition, index: number) => number {
  switch (bound.kind) {
    case 'unboundedPreceding':
      return () => 0;
    case 'unboundedFollowing':
      return (partition) => partition.size - 1;
    case 'currentRow':
      return (_partition, index) => index;
    case 'preceding':
    case 'following': {
      if (bound.offset === undefined) throw new Error(`a ${bound.kind} bound has an offset`);
      const offset = convertTo(compileExpression(bound.offset, scope), intType);
      const sign = bound.kind === 'preceding' ? -1 : 1;
      return (partition, index) => index + sign * Number(offset.evaluate(partition.at(index)) ?? 0);
    }
  }
}

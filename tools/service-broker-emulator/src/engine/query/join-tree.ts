import type { Predicate } from '../../tsql/ast/expressions.ts';
import type { RelationSeek, TableRelation } from './environment.ts';
import type { CompiledPredicate, Frame } from './frame.ts';
import type { Scope, ScopeSource } from './scope.ts';
import type { TableHints } from './table-hints.ts';
import type { UpdatableRows } from './updatable.ts';

/** Receives control for each row, which stands in the frame; false = enough. */
type Step = () => boolean;

/** Puts one row after the other into the frame and calls `step`; false when `step` ended it. */
export type Scan = (frame: Frame, step: Step) => boolean;

/** One row source of FROM. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly source: ScopeSource;
  readonly scan: Scan;
  /** Present for a stored table: rows can be reached through its indexes. */
  readonly table?: TableRelation;
  /** Present for other relations that find rows by the value of a column. */
  readonly seeks?: readonly RelationSeek[];
  /** Slot that gets the id of the stored row, for the target of a data change. */
  readonly idSlot?: number;
  /** Present for a stored table: what its hints ask for. */
  readonly hints?: TableHints;
  /** Its hints as they are written. */
  readonly hintWords?: readonly string[];
  /** Present for a view, CTE or derived table that is the target of a change. */
  readonly updatable?: UpdatableRows;
  /** Slots of the same FROM that `scan` reads (APPLY, arguments of functions). */
  readonly reads: ReadonlySet<number>;
  /** Reads rows of a query further out. */
  readonly correlated: boolean;
  /** Producing the rows costs more than keeping them: a view, derived table or function. */
  readonly computed: boolean;
  /** Rough number of rows, for the order of joins. */
  readonly estimate: number;
}

export type JoinNode =
  | Leaf
  | {
      readonly kind: 'inner' | 'left' | 'full';
      readonly left: JoinNode;
      readonly right: JoinNode;
      readonly on: readonly Conjunct[];
    };

/** One AND-ed part of a condition, with what it reads. */
export interface Conjunct {
  readonly node: Predicate;
  readonly scope: Scope;
  /** The sources that its names refer to. */
  readonly sources: readonly ScopeSource[];
  readonly test: CompiledPredicate;
  /** Slots of this FROM that it reads. */
  readonly slots: ReadonlySet<number>;
  readonly correlated: boolean;
}

export function leavesOf(node: JoinNode): readonly Leaf[] {
  return node.kind === 'leaf' ? [node] : [...leavesOf(node.left), ...leavesOf(node.right)];
}

export function isSubset(slots: ReadonlySet<number>, of: ReadonlySet<number>): boolean {
  for (const slot of slots) if (!of.has(slot)) return false;
  return true;
}

/** The AND-ed parts of a condition. */
export function splitConjuncts(node: Predicate): readonly Predicate[] {
  return node.kind === 'and' ? [...splitConjuncts(node.left), ...splitConjuncts(node.right)] : [node];
}

/** The scan whose rows meet all conditions. */
export function filtered(scan: Scan, conditions: readonly Conjunct[]): Scan {
  const [first, second, ...rest] = conditions.map((condition) => condition.test);
  if (first === undefined) return scan;
  if (second === undefined) return (frame, step) => scan(frame, () => (first(frame) === true ? step() : true));
  const others = [second, ...rest];
  return (frame, step) =>
    scan(frame, () => {
      if (first(frame) !== true) return true;
      for (const test of others) if (test(frame) !== true) return true;
      return step();
    });
}

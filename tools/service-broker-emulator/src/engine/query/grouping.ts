import type { Expression, FunctionCall } from '../../tsql/ast/expressions.ts';
import { type AggregatePlan, compileAggregateCall } from './aggregate-call.ts';
import { aggregateInGroupBy, nestedAggregate } from './errors/expression-errors.ts';
import { notGrouped } from './errors/name-errors.ts';
import { compileExpression, readColumn } from './expression.ts';
import { columnKey, expressionKey } from './expression-key.ts';
import { findSubquery } from './find-subquery.ts';
import type { CompiledExpression } from './frame.ts';
import type { ResolvedColumn, Scope } from './scope.ts';

/**
 * What the groups of a query look like: each becomes one row in `slot`, first the GROUP BY values, then the aggregates.
 * While it is in force, expressions of the scope are compiled against that row.
 */
export class Grouping {
  readonly slot: number;
  /** Slot of a row that says of each key whether the present grouping leaves it out (1) or has it (0). */
  readonly leftOutSlot: number;
  /** The groupings, each the ordinals of its keys; undefined for a single one of all keys. */
  readonly sets: readonly (readonly number[])[] | undefined;
  readonly keys: readonly CompiledExpression[];
  readonly aggregates: AggregatePlan[] = [];
  readonly #keyOrdinals = new Map<string, number>();
  readonly #aggregateOrdinals = new Map<string, number>();
  /** Arguments of aggregates are expressions of the single rows. */
  #insideAggregate = false;

  constructor(
    scope: Scope,
    groupBy: readonly Expression[],
    groupingSets: readonly (readonly number[])[] | undefined = undefined,
  ) {
    this.slot = scope.newSlot();
    this.leftOutSlot = scope.newSlot();
    const first: number[] = [];
    const keys = groupBy.map((node, ordinal) => {
      const subquery = findSubquery(node);
      if (subquery !== undefined) throw aggregateInGroupBy(subquery.line);
      const key = expressionKey(node, scope);
      if (!this.#keyOrdinals.has(key)) this.#keyOrdinals.set(key, ordinal);
      first.push(this.#keyOrdinals.get(key) ?? ordinal);
      return compileExpression(node, scope);
    });
    // An expression that is written twice is one key, and one that not every grouping has can be NULL.
    this.sets = groupingSets?.map((set) => [...new Set(set.map((place) => first[place] ?? place))]);
    const { sets } = this;
    this.keys =
      sets === undefined
        ? keys
        : keys.map((key, ordinal) => (sets.every((set) => set.includes(ordinal)) ? key : { ...key, nullable: true }));
  }

  /** The key that is the expression; undefined for another one. */
  ordinalOf(node: Expression, scope: Scope): number | undefined {
    return this.#keyOrdinals.get(expressionKey(node, scope));
  }

  /** The group's value when `node` is one of the GROUP BY expressions. */
  match(node: Expression, scope: Scope): CompiledExpression | undefined {
    if (this.#insideAggregate || this.#keyOrdinals.size === 0) return undefined;
    if (node.kind === 'literal' || node.kind === 'variable' || node.kind === 'subquery' || node.kind === 'column') {
      return undefined;
    }
    if (node.kind === 'function' && (node.over !== undefined || node.star)) return undefined;
    const ordinal = this.#keyOrdinals.get(expressionKey(node, scope));
    return ordinal === undefined ? undefined : this.#keyAt(ordinal, 0);
  }

  /** The group's value of a column, from the query itself (`depth` 0) or from a subquery inside it. */
  column(found: ResolvedColumn, depth: number, line: number): CompiledExpression | undefined {
    if (this.#insideAggregate) return undefined;
    const ordinal = this.#keyOrdinals.get(JSON.stringify(columnKey(0, found.slot, found.ordinal)));
    if (ordinal !== undefined) return this.#keyAt(ordinal, depth);
    const clause = found.scope.clause;
    const named = clause === 'HAVING clause' || clause === 'ORDER BY clause' ? clause : 'select list';
    const { shown } = found.source;
    throw notGrouped(shown === undefined ? found.column.name : `${shown}.${found.column.name}`, named, line);
  }

  #keyAt(ordinal: number, depth: number): CompiledExpression {
    const key = this.keys[ordinal];
    if (key === undefined) throw new Error(`group key ${ordinal} is missing`);
    return { ...readColumn(depth, this.slot, ordinal), type: key.type, nullable: key.nullable };
  }

  /**
   * Registers an aggregate call; equal calls share one accumulator.
   *
   * @param depth how many queries inside this one the call stands
   */
  aggregate(call: FunctionCall, scope: Scope, depth: number): CompiledExpression {
    if (this.#insideAggregate) {
      throw nestedAggregate(call.line);
    }
    this.#insideAggregate = true;
    try {
      const key = expressionKey(call, scope);
      let ordinal = this.#aggregateOrdinals.get(key);
      if (ordinal === undefined) {
        ordinal = this.aggregates.length;
        this.aggregates.push(compileAggregateCall(call, scope));
        this.#aggregateOrdinals.set(key, ordinal);
      }
      const plan = this.aggregates[ordinal];
      if (plan === undefined) throw new Error(`aggregate ${ordinal} is missing`);
      return { ...readColumn(depth, this.slot, this.keys.length + ordinal), type: plan.type, nullable: plan.nullable };
    } finally {
      this.#insideAggregate = false;
    }
  }
}

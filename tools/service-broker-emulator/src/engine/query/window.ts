import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { CompiledExpression, Frame } from './frame.ts';
import type { Scan } from './join-tree.ts';
import { compileRowKey } from './row-key.ts';

/** The rows of one partition in window order. */
export interface Partition {
  readonly size: number;
  /** The frame, set to row `index`. */
  at(index: number): Frame;
  /** True when both rows have the same place in the window's order. */
  peers(a: number, b: number): boolean;
}

/** One window function with its OVER clause. */
export interface WindowPlan {
  readonly type: SqlType;
  readonly partitionBy: readonly CompiledExpression[];
  readonly orderBy: readonly {
    readonly expression: CompiledExpression;
    readonly compare: (a: SqlValue, b: SqlValue) => number;
  }[];
  /** The function's value for each row of the partition. */
  compute(partition: Partition): readonly SqlValue[];
}

interface WindowRow {
  readonly rows: SqlRow[];
  readonly values: SqlValue[];
  order: readonly SqlValue[];
}

/** The window functions of one query. Their values stand in a row of their own, in `slot`. */
export class WindowList {
  readonly slot: number;
  readonly #plans: WindowPlan[] = [];

  constructor(slot: number) {
    this.slot = slot;
  }

  /** @returns the ordinal of the function's value in the slot's row */
  add(plan: WindowPlan): number {
    this.#plans.push(plan);
    return this.#plans.length - 1;
  }

  /** The scan with the window functions' values added to its rows; the scan itself when there is none. */
  scan(source: Scan): Scan {
    const plans = this.#plans;
    if (plans.length === 0) return source;
    const { slot } = this;
    const keys = plans.map((plan) => compileRowKey(plan.partitionBy.map((expression) => expression.type)));
    return (frame, step) => {
      const all: WindowRow[] = [];
      source(frame, () => {
        const rows = frame.rows.slice();
        const values = new Array<SqlValue>(plans.length).fill(null);
        rows[slot] = values;
        all.push({ rows, values, order: [] });
        return true;
      });
      for (const [index, plan] of plans.entries()) {
        const partitions = new Map<string | number | bigint | null, WindowRow[]>();
        for (const row of all) {
          frame.rows = row.rows;
          const key = keys[index]?.(plan.partitionBy.map((expression) => expression.evaluate(frame))) ?? null;
          row.order = plan.orderBy.map((item) => item.expression.evaluate(frame));
          const partition = partitions.get(key);
          if (partition === undefined) partitions.set(key, [row]);
          else partition.push(row);
        }
        for (const partition of partitions.values()) computePartition(plan, index, partition, frame);
      }
      for (const row of all) {
        frame.rows = row.rows;
        if (!step()) return false;
      }
      return true;
    };
  }
}

function computePartition(plan: WindowPlan, ordinal: number, rows: WindowRow[], frame: Frame): void {
  const compare = (a: WindowRow, b: WindowRow): number => {
    for (const [index, item] of plan.orderBy.entries()) {
      const result = item.compare(a.order[index] ?? null, b.order[index] ?? null);
      if (result !== 0) return result;
    }
    return 0;
  };
  rows.sort(compare);
  const row = (index: number): WindowRow => {
    const found = rows[index];
    if (found === undefined) throw new Error(`row ${index} is outside its partition`);
    return found;
  };
  const values = plan.compute({
    size: rows.length,
    at: (index) => {
      frame.rows = row(index).rows;
      return frame;
    },
    peers: (a, b) => compare(row(a), row(b)) === 0,
  });
  for (const [index, entry] of rows.entries()) entry.values[ordinal] = values[index] ?? null;
}

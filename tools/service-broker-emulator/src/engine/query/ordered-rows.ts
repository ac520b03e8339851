import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { Frame } from './frame.ts';
import type { OrderTarget } from './order-by.ts';
import type { RowConsumer } from './query-plan.ts';
import type { CompiledTop } from './row-limit.ts';

/** A row with what ORDER BY compares of it. */
export interface OrderedRow {
  readonly keys: readonly SqlValue[];
  readonly row: () => SqlRow;
}

/** The part of the rows that is wanted. */
export interface RowLimits {
  readonly top?: CompiledTop | undefined;
  readonly offset?: ((frame: Frame) => number) | undefined;
  readonly fetch?: ((frame: Frame) => number) | undefined;
}

/** The same for one execution. */
export interface RowWindow {
  /** Rows that are passed over. */
  readonly start: number;
  /** Rows behind them, or a percentage of all; `Infinity` for the rest. */
  readonly count: number;
  readonly percent: boolean;
  readonly withTies: boolean;
}

/** Rows beyond the limit that wait for a sort: a sort for each row would cost more than it spares. */
const surplusRows = 64;

/** The rows of a query by ORDER BY. Of those that a limit can't let through only a few are kept while they come. */
export class OrderedRows {
  readonly #order: readonly OrderTarget[];
  readonly #most: number;
  readonly #mostKept: number;
  #rows: OrderedRow[] = [];
  /** Keys of the last row that is let through so far. */
  #last: readonly SqlValue[] | undefined;

  /** @param most rows that are wanted; see {@link mostRows} */
  constructor(order: readonly OrderTarget[], most: number) {
    this.#order = order;
    this.#most = most;
    this.#mostKept = Math.max(2 * most, most + surplusRows);
  }

  /** Whether the next row may be let through. Of rows with equal keys the first is. */
  wants(keys: readonly SqlValue[]): boolean {
    return this.#last === undefined || compareKeys(this.#order, keys, this.#last) < 0;
  }

  add(row: OrderedRow): void {
    this.#rows.push(row);
    if (this.#rows.length < this.#mostKept) return;
    this.#rows = this.sorted().slice(0, this.#most);
    this.#last = this.#rows.at(-1)?.keys;
  }

  /** All that are wanted, and perhaps some more behind them. */
  sorted(): readonly OrderedRow[] {
    return this.#order.length === 0 ? this.#rows : this.#rows.sort((a, b) => compareKeys(this.#order, a.keys, b.keys));
  }
}

function compareKeys(order: readonly OrderTarget[], a: readonly SqlValue[], b: readonly SqlValue[]): number {
  for (let index = 0; index < order.length; index++) {
    const result = (order[index] as OrderTarget).compare(a[index] ?? null, b[index] ?? null);
    if (result !== 0) return result;
  }
  return 0;
}

/** Evaluates limits, once for each execution: they may be subqueries. */
export function windowOf(frame: Frame, { top, offset, fetch }: RowLimits): RowWindow {
  if (top !== undefined) {
    return { start: 0, count: top.count(frame), percent: top.percent, withTies: top.withTies };
  }
  const start = offset === undefined ? 0 : offset(frame);
  const count = fetch === undefined ? Number.POSITIVE_INFINITY : fetch(frame);
  return { start, count, percent: false, withTies: false };
}

/** How many rows are wanted, from the first; `Infinity` where only all of them tell. */
export function mostRows({ start, count, percent, withTies }: RowWindow): number {
  return percent || withTies ? Number.POSITIVE_INFINITY : start + count;
}

/** Hands over the rows that TOP, or OFFSET and FETCH, let through. */
export function limitRows(
  rows: readonly OrderedRow[],
  { start, count, percent, withTies }: RowWindow,
  order: readonly OrderTarget[],
  consume: RowConsumer,
): boolean {
  let end = Math.min(rows.length, start + (percent ? Math.ceil((rows.length * count) / 100) : count));
  const last = rows[end - 1];
  if (withTies && last !== undefined) {
    while (end < rows.length && compareKeys(order, (rows[end] as OrderedRow).keys, last.keys) === 0) end++;
  }
  for (let index = start; index < end; index++) if (!consume((rows[index] as OrderedRow).row())) return false;
  return true;
}

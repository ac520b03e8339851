import type { SqlRow } from '../types/sql-value.ts';
import type { PlanColumn } from './query-plan.ts';
import { compileRowKey } from './row-key.ts';

/** The columns of one source in FOR XML AUTO and FOR JSON AUTO: one level of the nesting. */
export interface AutoLevel {
  readonly name: string;
  readonly columns: readonly { readonly column: PlanColumn; readonly ordinal: number }[];
}

/** A run of rows that agree in the columns of one level, with the nested runs of the level below. */
export interface AutoNode {
  readonly row: SqlRow;
  readonly children: AutoNode[];
}

/** Levels in the order in which the select list first names their sources; computed columns belong to the one before them. */
export function autoLevels(columns: readonly PlanColumn[]): readonly AutoLevel[] {
  const levels: { name: string; columns: { column: PlanColumn; ordinal: number }[] }[] = [];
  const first = columns.find((column) => column.source !== undefined)?.source;
  for (const [ordinal, column] of columns.entries()) {
    const name = column.source ?? levels.at(-1)?.name ?? first ?? 'row';
    let level = levels.find((candidate) => candidate.name === name);
    if (level === undefined) {
      level = { name, columns: [] };
      levels.push(level);
    }
    level.columns.push({ column, ordinal });
  }
  return levels;
}

/** Nests rows: neighbours that agree in a level's columns share one node of it. */
export function nestRows(rows: readonly SqlRow[], levels: readonly AutoLevel[]): readonly AutoNode[] {
  const keys = levels.map((level) => compileRowKey(level.columns.map(({ column }) => column.type)));
  const valuesAt = (row: SqlRow, depth: number): SqlRow =>
    (levels[depth]?.columns ?? []).map(({ ordinal }) => row[ordinal] ?? null);
  const roots: AutoNode[] = [];
  let path: { readonly node: AutoNode; readonly key: unknown }[] = [];
  for (const row of rows) {
    let depth = 0;
    // The deepest level repeats for every row; the others only when their values change.
    while (
      depth < levels.length - 1 &&
      path[depth] !== undefined &&
      path[depth]?.key === keys[depth]?.(valuesAt(row, depth))
    ) {
      depth++;
    }
    path = path.slice(0, depth);
    for (; depth < levels.length; depth++) {
      const node: AutoNode = { row, children: [] };
      const parent = path.at(-1);
      (parent === undefined ? roots : parent.node.children).push(node);
      path.push({ node, key: keys[depth]?.(valuesAt(row, depth)) });
    }
  }
  return roots;
}

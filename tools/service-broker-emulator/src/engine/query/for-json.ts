import type { ForClause } from '../../tsql/ast/queries.ts';
import { jsonTextType } from '../functions/json/json-functions.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { isNumericType } from '../types/type-info.ts';
import { type AutoLevel, type AutoNode, autoLevels, nestRows } from './auto-levels.ts';
import { conflictingJsonProperty, unnamedJsonColumn } from './errors/query-errors.ts';
import { compilePublishedText } from './published-text.ts';
import type { PlanColumn } from './query-plan.ts';

type JsonClause = Extract<ForClause, { kind: 'json' }>;

/** Compiles FOR JSON: from all rows of the query to one text. */
export function compileForJson(
  columns: readonly PlanColumn[],
  clause: JsonClause,
  line: number,
): (rows: readonly SqlRow[]) => string {
  for (const column of columns) {
    if (column.name === '') {
      throw unnamedJsonColumn(line);
    }
  }
  const writers = columns.map(jsonValueWriter);
  const objects =
    clause.mode === 'path' ? pathObjects(columns, writers, clause, line) : autoObjects(columns, writers, clause);
  return (rows) => {
    const text = objects(rows).join(',');
    const wrapped = clause.withoutArrayWrapper ? text : `[${text}]`;
    return clause.root === undefined ? wrapped : `{${jsonString(clause.root)}:${wrapped}}`;
  };
}

type ValueWriter = (value: SqlValue) => string;

function jsonValueWriter(column: PlanColumn): ValueWriter {
  const { type } = column;
  // Known to be JSON (of a nested FOR JSON, JSON_QUERY and the like): goes in as it is.
  if (type === jsonTextType) return (value) => value as string;
  if (type.name === 'bit') return (value) => (value === 1 ? 'true' : 'false');
  const text = compilePublishedText(type);
  return isNumericType(type) ? text : (value) => jsonString(text(value));
}

/** A JSON string as SQL Server writes it: `/` is escaped too. */
function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll('/', '\\/');
}

/** Members of an object that nests by the dots in column names. */
interface PathMember {
  readonly name: string;
  ordinal: number | undefined;
  readonly members: PathMember[];
}

function pathObjects(
  columns: readonly PlanColumn[],
  writers: readonly ValueWriter[],
  clause: JsonClause,
  line: number,
): (rows: readonly SqlRow[]) => string[] {
  const root: PathMember = { name: '', ordinal: undefined, members: [] };
  for (const [ordinal, column] of columns.entries()) {
    let at = root;
    const parts = column.name.split('.');
    for (const [index, name] of parts.entries()) {
      const isLeaf = index === parts.length - 1;
      // Only neighbours share an object: a path that comes back after another one is a conflict.
      const known = at.members.find((member) => member.name === name);
      const conflict = known !== undefined && (isLeaf || known.ordinal !== undefined || known !== at.members.at(-1));
      if (conflict) {
        throw conflictingJsonProperty(column.name, line);
      }
      if (known !== undefined) {
        at = known;
        continue;
      }
      const member: PathMember = { name, ordinal: isLeaf ? ordinal : undefined, members: [] };
      at.members.push(member);
      at = member;
    }
  }
  const write = (member: PathMember, row: SqlRow): string | undefined => {
    if (member.ordinal !== undefined) {
      const value = row[member.ordinal] ?? null;
      if (value === null) return clause.includeNulls ? 'null' : undefined;
      return writers[member.ordinal]?.(value);
    }
    const parts = member.members.flatMap((inner) => {
      const text = write(inner, row);
      return text === undefined ? [] : [`${jsonString(inner.name)}:${text}`];
    });
    return parts.length === 0 && member !== root ? undefined : `{${parts.join(',')}}`;
  };
  return (rows) => rows.map((row) => write(root, row) ?? '{}');
}

function autoObjects(
  columns: readonly PlanColumn[],
  writers: readonly ValueWriter[],
  clause: JsonClause,
): (rows: readonly SqlRow[]) => string[] {
  const levels = autoLevels(columns);
  const write = (node: AutoNode, depth: number): string => {
    const level: AutoLevel = levels[depth] ?? { name: '', columns: [] };
    const parts = level.columns.flatMap(({ column, ordinal }) => {
      const value = node.row[ordinal] ?? null;
      if (value === null && !clause.includeNulls) return [];
      return [`${jsonString(column.name)}:${value === null ? 'null' : (writers[ordinal]?.(value) ?? 'null')}`];
    });
    const below = levels[depth + 1];
    if (below !== undefined) {
      const children = node.children.map((child) => write(child, depth + 1));
      parts.push(`${jsonString(below.name)}:[${children.join(',')}]`);
    }
    return `{${parts.join(',')}}`;
  };
  return (rows) => nestRows(rows, levels).map((node) => write(node, 0));
}

import { quoteName } from '@hartonomous/broker-client';
import { sqlTokens } from '../sql-tokens.ts';
import { catalogTypeText } from '../sql-type.ts';
import type { ExportRow } from './export-queries.ts';

/** The rows about the parts of one table or table type. */
export interface TableRows {
  readonly columns: readonly ExportRow<'columns'>[];
  readonly indexes: readonly ExportRow<'indexes'>[];
  readonly foreignKeys: readonly ExportRow<'foreignKeys'>[];
  readonly checks: readonly { readonly name: string; readonly definition: string }[];
}

/**
 * `CREATE TABLE` or `CREATE TYPE ... AS TABLE` with everything inside.
 *
 * @param head up to the parenthesis
 * @param isType constraints of table types have no names
 */
export function tableStatement(head: string, rows: TableRows, isType: boolean): string {
  const constraint = (name: string, isSystemNamed: boolean | null) =>
    isType || isSystemNamed === true ? '' : `CONSTRAINT ${quoteName(name)} `;
  const items = [
    ...rows.columns.map((column) => columnItem(column, constraint)),
    ...grouped(rows.indexes).map((columns) => indexItem(columns, constraint)),
    ...grouped(rows.foreignKeys).map(foreignKeyItem),
    ...rows.checks.map(({ name, definition }) => `${constraint(name, false)}CHECK ${inOnePair(definition)}`),
  ];
  return `${head} (\n    ${items.join(',\n    ')}\n);\n`;
}

type NamePart = (name: string, isSystemNamed: boolean | null) => string;

function columnItem(column: ExportRow<'columns'>, constraint: NamePart): string {
  const name = quoteName(column.name);
  if (column.computed !== null)
    return `${name} AS ${column.computed}${column.isPersisted === true ? ' PERSISTED' : ''}`;
  const collation = column.collation === null ? '' : ` COLLATE ${column.collation}`;
  const identity = column.isIdentity ? ` IDENTITY (${column.seed ?? '1'}, ${column.increment ?? '1'})` : '';
  const value =
    column.default === null
      ? ''
      : ` ${constraint(column.defaultName ?? '', column.isDefaultSystemNamed)}DEFAULT ${inOnePair(column.default)}`;
  const type = catalogTypeText(column).toUpperCase();
  return `${name} ${type}${collation}${identity} ${column.isNullable ? 'NULL' : 'NOT NULL'}${value}`;
}

function indexItem(rows: readonly [ExportRow<'indexes'>, ...ExportRow<'indexes'>[]], constraint: NamePart): string {
  const [index] = rows;
  const keys = rows
    .filter(({ isIncluded }) => isIncluded !== true)
    .map(({ column, isDescending }) => `${quoteName(column)}${isDescending === true ? ' DESC' : ''}`);
  const columns = `(${keys.join(', ')})`;
  if (index.isPrimaryKey) return `${constraint(index.name, index.isSystemNamed)}PRIMARY KEY ${index.kind} ${columns}`;
  if (index.isUniqueConstraint) return `${constraint(index.name, index.isSystemNamed)}UNIQUE ${index.kind} ${columns}`;
  const included = rows.filter(({ isIncluded }) => isIncluded === true).map(({ column }) => quoteName(column));
  const include = included.length === 0 ? '' : ` INCLUDE (${included.join(', ')})`;
  const filter = index.filter === null ? '' : ` WHERE ${index.filter}`;
  return `INDEX ${quoteName(index.name)}${index.isUnique ? ' UNIQUE' : ''} ${index.kind} ${columns}${include}${filter}`;
}

function foreignKeyItem(rows: readonly [ExportRow<'foreignKeys'>, ...ExportRow<'foreignKeys'>[]]): string {
  const [key] = rows;
  const list = (names: readonly string[]) => `(${names.map((name) => quoteName(name)).join(', ')})`;
  const action = (event: string, what: string) =>
    what === 'NO_ACTION' ? '' : ` ON ${event} ${what.replaceAll('_', ' ')}`;
  return (
    `CONSTRAINT ${quoteName(key.name)} FOREIGN KEY ${list(rows.map(({ column }) => column))} REFERENCES ` +
    `${quoteName(key.toSchema)}.${quoteName(key.toTable)} ${list(rows.map(({ toColumn }) => toColumn))}` +
    `${action('DELETE', key.onDelete)}${action('UPDATE', key.onUpdate)}`
  );
}

/** Rows of one name next to each other. */
function grouped<Row extends { readonly name: string }>(rows: readonly Row[]): readonly [Row, ...Row[]][] {
  const groups = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const group = groups.get(row.name);
    if (group === undefined) groups.set(row.name, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** An expression in one pair of parentheses: SQL Server adds a pair to what has one already, as for `DEFAULT (1)`. */
function inOnePair(definition: string): string {
  let text = definition.trim();
  while (isEnclosed(text) && isEnclosed(text.slice(1, -1).trim())) text = text.slice(1, -1).trim();
  return isEnclosed(text) ? text : `(${text})`;
}

/** Whether the first parenthesis is closed by the last one. */
function isEnclosed(text: string): boolean {
  let depth = 0;
  const tokens = [...sqlTokens(text)];
  return (
    tokens[0]?.text === '(' &&
    tokens.every((token, index) => {
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      return depth > 0 || index === tokens.length - 1;
    })
  );
}

import type { OpenJsonColumn, TableSource } from '../../tsql/ast/queries.ts';
import { pathNotFound } from '../functions/errors.ts';
import { jsonTextType } from '../functions/json/json-functions.ts';
import { findJson, type JsonPath, parseJsonPath } from '../functions/json/json-path.ts';
import { type JsonNode, parseJson } from '../functions/json/json-text.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { isBinaryType, nvarcharMaxType, tinyintType, withLength } from '../types/type-info.ts';
import { convertTo } from './conversion.ts';
import type { RelationColumn } from './environment.ts';
import { compileExpression } from './expression.ts';
import type { Rows } from './row-source.ts';
import type { Scope } from './scope.ts';

/** Numbers that OPENJSON gives in its column `type`. */
const kindNumbers: Record<JsonNode['kind'], number> = {
  null: 0,
  string: 1,
  number: 2,
  boolean: 3,
  array: 4,
  object: 5,
};

/** OPENJSON(json [, path]) [WITH (...)]. */
export function compileOpenJson(source: Extract<TableSource, { kind: 'openjson' }>, scope: Scope): Rows {
  const json = convertTo(compileExpression(source.json, scope), nvarcharMaxType);
  const path =
    source.path === undefined ? undefined : convertTo(compileExpression(source.path, scope), nvarcharMaxType);
  const reader = source.with === undefined ? keyValueRows : compileColumns(source.with, scope);
  return {
    columns: source.with === undefined ? keyValueColumns : withColumns(source.with, scope),
    correlated: false,
    computed: true,
    estimate: 50,
    scan: (slot) => (frame, step) => {
      const text = json.evaluate(frame) as string | null;
      if (text === null) return true;
      const pathText = path === undefined ? '$' : (path.evaluate(frame) as string | null);
      if (pathText === null) return true;
      const root = target(parseJson(text), parseJsonPath(pathText));
      if (root === undefined) return true;
      for (const row of reader(root, text)) {
        frame.rows[slot] = row;
        if (!step()) return false;
      }
      return true;
    },
  };
}

/** The array or object that the path leads to. A lax path that leads elsewhere gives no rows. */
function target(document: JsonNode, path: JsonPath): JsonNode | undefined {
  const node = findJson(document, path.steps);
  if (node?.kind === 'array' || node?.kind === 'object') return node;
  if (path.strict) throw pathNotFound();
  return undefined;
}

const keyValueColumns: readonly RelationColumn[] = [
  { name: 'key', type: { ...withLength('nvarchar', 4000), collation: 'Latin1_General_BIN2' }, nullable: false },
  { name: 'value', type: nvarcharMaxType, nullable: true },
  { name: 'type', type: tinyintType, nullable: false },
];

function keyValueRows(root: JsonNode, text: string): SqlRow[] {
  const row = (key: string, node: JsonNode): SqlRow => [key, textOf(node, text), kindNumbers[node.kind]];
  return root.kind === 'array'
    ? root.elements.map((node, index) => row(String(index), node))
    : root.members.map((member) => row(member.name, member.value));
}

/** A scalar's text, an array's or object's source text, NULL for null. */
function textOf(node: JsonNode, text: string): string | null {
  switch (node.kind) {
    case 'null':
      return null;
    case 'array':
    case 'object':
      return text.slice(node.start, node.end);
    default:
      return node.text;
  }
}

function withColumns(columns: readonly OpenJsonColumn[], scope: Scope): readonly RelationColumn[] {
  return columns.map((column) => ({
    name: column.name,
    type: column.asJson ? jsonTextType : scope.environment.dataType(column.type),
    nullable: true,
  }));
}

function compileColumns(columns: readonly OpenJsonColumn[], scope: Scope): (root: JsonNode, text: string) => SqlRow[] {
  const readers = columns.map((column) => compileColumn(column, scope));
  return (root, text) =>
    // An array gives a row per element, an object is one row.
    (root.kind === 'array' ? root.elements : [root]).map((node) => readers.map((read) => read(node, text)));
}

function compileColumn(column: OpenJsonColumn, scope: Scope): (row: JsonNode, text: string) => SqlValue {
  const path = parseJsonPath(column.path ?? `$."${column.name.replace(/["\\]/g, '\\$&')}"`);
  const find = (row: JsonNode): JsonNode | undefined => {
    const node = findJson(row, path.steps);
    if (node === undefined && path.strict) throw pathNotFound();
    return node;
  };
  if (column.asJson) {
    return (row, text) => {
      const node = find(row);
      return node?.kind === 'array' || node?.kind === 'object' ? text.slice(node.start, node.end) : null;
    };
  }
  const type = scope.environment.dataType(column.type);
  const convert: (value: SqlValue) => SqlValue = isBinaryType(type)
    ? (value) => Buffer.from(value as string, 'base64')
    : compileConversion(nvarcharMaxType, type, { explicit: true });
  return (row) => {
    const node = find(row);
    if (node === undefined || node.kind === 'null' || node.kind === 'array' || node.kind === 'object') return null;
    return convert(node.text);
  };
}

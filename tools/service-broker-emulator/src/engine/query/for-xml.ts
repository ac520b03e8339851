import type { ForClause } from '../../tsql/ast/queries.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { type AutoNode, autoLevels, nestRows } from './auto-levels.ts';
import { attributeWithoutRow, unnamedXmlColumn } from './errors/query-errors.ts';
import { compilePublishedText } from './published-text.ts';
import type { PlanColumn } from './query-plan.ts';

type XmlClause = Extract<ForClause, { kind: 'xml' }>;

/** Compiles FOR XML: from all rows of the query to one text. */
export function compileForXml(
  columns: readonly PlanColumn[],
  clause: XmlClause,
  line: number,
): (rows: readonly SqlRow[]) => string {
  const writeRows =
    clause.mode === 'path'
      ? pathRows(columns, clause)
      : clause.mode === 'raw'
        ? rawRows(columns, clause, line)
        : autoRows(columns, clause, line);
  return (rows) => {
    const text = writeRows(rows);
    return clause.root === undefined ? text : `<${clause.root}>${text}</${clause.root}>`;
  };
}

/** Text of a value as element content and as attribute value. */
interface XmlValueWriter {
  content(value: SqlValue): string;
  attribute(value: SqlValue): string;
}

function valueWriter(column: PlanColumn): XmlValueWriter {
  if (column.type.name === 'xml') {
    return { content: (value) => value as string, attribute: (value) => escapeAttribute(value as string) };
  }
  const text = compilePublishedText(column.type);
  return { content: (value) => escapeContent(text(value)), attribute: (value) => escapeAttribute(text(value)) };
}

function escapeContent(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => entities[character] ?? character);
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#x0D;',
  '\n': '&#x0A;',
  '\t': '&#x09;',
};

/** A column name as an XML name: characters that XML does not allow become `_xHHHH_`. */
function encodeXmlName(name: string): string {
  return Array.from(name, (character, index) => {
    const allowed = index === 0 ? /[\p{L}_]/u : /[\p{L}\p{N}._-]/u;
    if (allowed.test(character)) return character;
    return Array.from(
      { length: character.length },
      (_, unit) => `_x${character.charCodeAt(unit).toString(16).toUpperCase().padStart(4, '0')}_`,
    ).join('');
  }).join('');
}

function requireName(column: PlanColumn, line: number): string {
  if (column.name === '') {
    throw unnamedXmlColumn(line);
  }
  return encodeXmlName(column.name);
}

function element(name: string, attributes: string, content: string): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

function rawRows(columns: readonly PlanColumn[], clause: XmlClause, line: number): (rows: readonly SqlRow[]) => string {
  const fields = columns.map((column) => ({
    name: requireName(column, line),
    writer: valueWriter(column),
    xml: column.type.name === 'xml',
  }));
  const name = clause.element ?? 'row';
  return (rows) =>
    rows
      .map((row) => {
        let attributes = '';
        let content = '';
        for (const [ordinal, field] of fields.entries()) {
          const value = row[ordinal] ?? null;
          if (value === null) continue;
          if (clause.elements || field.xml) content += element(field.name, '', field.writer.content(value));
          else attributes += ` ${field.name}="${field.writer.attribute(value)}"`;
        }
        return element(name, attributes, content);
      })
      .join('');
}

function autoRows(
  columns: readonly PlanColumn[],
  clause: XmlClause,
  line: number,
): (rows: readonly SqlRow[]) => string {
  const names = columns.map((column) => requireName(column, line));
  const writers = columns.map(valueWriter);
  const levels = autoLevels(columns);
  const write = (node: AutoNode, depth: number): string => {
    const level = levels[depth];
    if (level === undefined) return '';
    let attributes = '';
    let content = '';
    for (const { ordinal } of level.columns) {
      const value = node.row[ordinal] ?? null;
      const writer = writers[ordinal];
      if (value === null || writer === undefined) continue;
      if (clause.elements) content += element(names[ordinal] ?? '', '', writer.content(value));
      else attributes += ` ${names[ordinal]}="${writer.attribute(value)}"`;
    }
    for (const child of node.children) content += write(child, depth + 1);
    return element(encodeXmlName(level.name), attributes, content);
  };
  return (rows) =>
    nestRows(rows, levels)
      .map((node) => write(node, 0))
      .join('');
}

/** Where the value of a column goes in FOR XML PATH. */
interface PathColumn {
  readonly elements: readonly string[];
  readonly attribute: string | undefined;
  /** `data()`: values of neighbours are separated by a space. */
  readonly list: boolean;
  readonly writer: XmlValueWriter;
}

function pathColumn(column: PlanColumn): PathColumn {
  const parts = column.name === '' ? [] : column.name.split('/');
  const last = parts.at(-1) ?? '';
  const writer = valueWriter(column);
  if (last.startsWith('@')) {
    return {
      elements: parts.slice(0, -1).map(encodeXmlName),
      attribute: encodeXmlName(last.slice(1)),
      list: false,
      writer,
    };
  }
  if (last === 'text()' || last === '*' || last === 'node()' || last === 'data()') {
    return { elements: parts.slice(0, -1).map(encodeXmlName), attribute: undefined, list: last === 'data()', writer };
  }
  return { elements: parts.map(encodeXmlName), attribute: undefined, list: false, writer };
}

interface OpenElement {
  readonly name: string;
  attributes: string;
  content: string;
}

function pathRows(columns: readonly PlanColumn[], clause: XmlClause): (rows: readonly SqlRow[]) => string {
  const fields = columns.map(pathColumn);
  const rowName = clause.element ?? 'row';
  for (const field of fields) {
    if (field.attribute !== undefined && rowName === '' && field.elements.length === 0) {
      throw attributeWithoutRow();
    }
  }
  const writeRow = (row: SqlRow): string => {
    const open: OpenElement[] = [{ name: rowName, attributes: '', content: '' }];
    let afterList = false;
    const close = (depth: number): void => {
      while (open.length > depth) {
        const closed = open.pop();
        const parent = open.at(-1);
        if (closed !== undefined && parent !== undefined)
          parent.content += element(closed.name, closed.attributes, closed.content);
      }
    };
    for (const [ordinal, field] of fields.entries()) {
      const value = row[ordinal] ?? null;
      if (value === null) continue;
      // Neighbouring columns share the elements at the start of their paths; a plain element always begins anew.
      const shared =
        field.attribute === undefined &&
        !field.list &&
        columns[ordinal]?.name !== '' &&
        !isInline(columns[ordinal]?.name ?? '')
          ? field.elements.length - 1
          : field.elements.length;
      let depth = 0;
      while (depth < shared && open[depth + 1]?.name === field.elements[depth]) depth++;
      close(depth + 1);
      for (const name of field.elements.slice(depth)) open.push({ name, attributes: '', content: '' });
      const target = open.at(-1);
      if (target === undefined) continue;
      if (field.attribute !== undefined) target.attributes += ` ${field.attribute}="${field.writer.attribute(value)}"`;
      else target.content += (field.list && afterList ? ' ' : '') + field.writer.content(value);
      afterList = field.list;
    }
    close(1);
    const [root] = open;
    if (root === undefined) return '';
    return rowName === '' ? root.content : element(rowName, root.attributes, root.content);
  };
  return (rows) => rows.map(writeRow).join('');
}

function isInline(name: string): boolean {
  return /(^|\/)(text\(\)|\*|node\(\)|data\(\))$/.test(name);
}

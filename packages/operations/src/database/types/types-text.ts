import { escapeControls } from '@hartonomous/redaction';
import { catalogTypeText } from '../sql-type.ts';
import { typeScriptType } from './type-script-type.ts';

/** A table as its type is made from. */
export interface TypedTable {
  readonly schema: string;
  readonly name: string;
  /** In the order of the table. */
  readonly columns: readonly TypedColumn[];
}

/** A column of a table. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
  readonly isNullable: boolean;
  readonly isIdentity: boolean;
  readonly isComputed: boolean;
}

/**
 * A module of TypeScript with an interface for the rows of each table, the same for the same tables. Nothing of the server is in it,
 * so that databases with the same schema make the same module.
 *
 * @param schemaVersion greatest number of a migration; null where the database has no record of any
 */
export function typesText(tables: readonly TypedTable[], schemaVersion: number | null): string {
  const sorted = tables.toSorted((left, right) => (qualified(left) < qualified(right) ? -1 : 1));
  const names = uniqueNames(sorted);
  return `// Made by: hartonomous database types. Don't change it by hand: \`hartonomous database types --check FILE\` compares it with a database.

/** Number of the last migration that the database had; null: it has no record of any. */
export const schemaVersion = ${schemaVersion};
${sorted.map((table, place) => interfaceText(table, names[place] ?? typeName(table))).join('')}`;
}

/** Names of types, each once: of two tables whose names differ in what an identifier can't have, TypeScript would make one type. */
function uniqueNames(tables: readonly TypedTable[]): readonly string[] {
  const taken = new Set<string>();
  return tables.map((table) => {
    const wanted = typeName(table);
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}${number}`;
    taken.add(name);
    return name;
  });
}

/** A text in a comment: names may have in them what ends one. */
function commented(text: string): string {
  return escapeControls(text).replaceAll('*/', '*\\/');
}

function interfaceText(table: TypedTable, type: string): string {
  const lines = table.columns.map((column) => {
    const facts = [
      catalogTypeText(column),
      ...(column.isIdentity ? ['identity'] : []),
      ...(column.isComputed ? ['computed'] : []),
    ];
    return `  /** ${commented(facts.join(', '))} */\n  readonly ${propertyName(column.name)}: ${typeScriptType(column.type, column.isNullable)};\n`;
  });
  return `\n/** A row of ${commented(qualified(table))}. */\nexport interface ${type} {\n${lines.join('')}}\n`;
}

/** `AtomRow` of dbo.Atom, `audit_LogRow` of audit.Log; what an identifier can't have in it becomes `_`. */
function typeName({ schema, name }: TypedTable): string {
  return `${schema === 'dbo' ? '' : `${identifier(schema)}_`}${identifier(name)}Row`;
}

function identifier(name: string): string {
  const text = name.replaceAll(/[^\p{ID_Continue}$]/gu, '_');
  return /^[\p{ID_Start}_$]/u.test(text) ? text : `_${text}`;
}

function propertyName(name: string): string {
  return identifier(name) === name ? name : JSON.stringify(name);
}

function qualified({ schema, name }: TypedTable): string {
  return `${schema}.${name}`;
}

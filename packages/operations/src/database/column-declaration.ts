import { declaredTypeText } from './sql-type.ts';
import type { StatementReader } from './statement-reader.ts';

/** A column as CREATE TABLE declares it. */
export interface ColumnDeclaration {
  readonly name: string;
  /** The one way to write its type; `null` for a computed column. */
  readonly type: string | null;
  readonly isNullable: boolean;
  readonly isIdentity: boolean;
  readonly hasDefault: boolean;
  /** Names of the constraints inside the declaration. */
  readonly constraints: readonly string[];
}

/**
 * Reads an item of CREATE TABLE that is a column.
 *
 * @throws SqlScriptError for another form than the project's files have
 */
export function readColumn(item: StatementReader): ColumnDeclaration {
  const name = item.name();
  const constraints: string[] = [];
  if (item.accept('AS')) {
    return { name, type: null, isNullable: true, isIdentity: false, hasDefault: false, constraints };
  }
  const typeName = item.name();
  const args = item.peek()?.text === '(' ? item.list().map((argument) => argument.rest()) : [];
  let isNullable = true;
  let isIdentity = false;
  let hasDefault = false;
  while (!item.atEnd) {
    // What a default or a check is must not be taken for the column's own NULL.
    if (item.accept('DEFAULT')) {
      hasDefault = true;
      skipValue(item);
    } else if (item.accept('CHECK')) item.list();
    else if (item.accept('CONSTRAINT')) constraints.push(item.name());
    else if (item.accept('NOT', 'NULL') || item.accept('PRIMARY', 'KEY')) isNullable = false;
    else if (item.accept('IDENTITY')) {
      isIdentity = true;
      isNullable = false;
    } else item.next();
  }
  return { name, type: declaredTypeText(typeName, args), isNullable, isIdentity, hasDefault, constraints };
}

function skipValue(item: StatementReader): void {
  if (item.peek()?.text === '(') item.list();
  else item.next();
}

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
  /** Those of them that are a CHECK or a DEFAULT. */
  readonly rules: readonly RuleDeclaration[];
}

/** A named CHECK or DEFAULT of a table. */
export interface RuleDeclaration {
  readonly name: string;
  readonly kind: 'CHECK' | 'DEFAULT';
  /** The expression with its parentheses. */
  readonly text: string;
}

/**
 * Reads an item of CREATE TABLE that is a column.
 *
 * @throws SqlScriptError for another form than the project's files have
 */
export function readColumn(item: StatementReader): ColumnDeclaration {
  const name = item.name();
  const constraints: string[] = [];
  const rules: RuleDeclaration[] = [];
  if (item.accept('AS')) {
    return { name, type: null, isNullable: true, isIdentity: false, hasDefault: false, constraints, rules };
  }
  const typeName = item.name();
  const args = item.peek()?.text === '(' ? item.list().map((argument) => argument.rest()) : [];
  let isNullable = true;
  let isIdentity = false;
  let hasDefault = false;
  let constraint: string | undefined;
  const addRule = (kind: RuleDeclaration['kind'], text: string) => {
    if (constraint !== undefined) rules.push({ name: constraint, kind, text });
    constraint = undefined;
  };
  while (!item.atEnd) {
    // What a default or a check is must not be taken for the column's own NULL.
    if (item.accept('DEFAULT')) {
      hasDefault = true;
      addRule('DEFAULT', readValue(item));
    } else if (item.accept('CHECK')) addRule('CHECK', readValue(item));
    else if (item.accept('CONSTRAINT')) {
      constraint = item.name();
      constraints.push(constraint);
    } else if (item.accept('NOT', 'NULL') || item.accept('PRIMARY', 'KEY')) isNullable = false;
    else if (item.accept('IDENTITY')) {
      isIdentity = true;
      isNullable = false;
    } else item.next();
  }
  const type = declaredTypeText(typeName, args);
  return { name, type, isNullable, isIdentity, hasDefault, constraints, rules };
}

/** A value, or an expression in parentheses; its tokens with blanks between them. */
function readValue(item: StatementReader): string {
  const head = item.peek()?.text === '(' ? '' : item.next().text;
  if (item.peek()?.text !== '(') return head;
  const parts = item.list().map((part) => part.rest());
  return `${head}(${parts.join(', ')})`;
}

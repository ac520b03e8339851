import type { IndexColumn } from './ast/indexes.ts';
import type { ConstraintDefinition, ReferentialAction } from './ast/tables.ts';
import { parseExpression } from './expressions.ts';
import { parseIndexColumns, skipIndexOptions } from './indexes.ts';
import { parseColumnNames, parseIdentifier, parseObjectName } from './names.ts';
import { parsePredicate } from './predicates.ts';
import type { TokenStream } from './token-stream.ts';
import { withoutOuterParentheses } from './without-outer-parentheses.ts';

const constraintStarts: ReadonlySet<string> = new Set([
  'PRIMARY',
  'UNIQUE',
  'CHECK',
  'DEFAULT',
  'FOREIGN',
  'REFERENCES',
]);

/** Whether an unnamed constraint begins here. */
export function startsConstraint(t: TokenStream): boolean {
  return constraintStarts.has(t.current.key);
}

/**
 * A constraint behind its name.
 *
 * @param column the column that it is written at; absent for a constraint of the table
 */
export function parseConstraintBody(
  t: TokenStream,
  name: string | undefined,
  column: string | undefined,
): ConstraintDefinition {
  const { line } = t;
  const head = { ...(name === undefined ? {} : { name }), line };
  switch (t.expectOneOf('PRIMARY', 'UNIQUE', 'CHECK', 'DEFAULT', 'FOREIGN', 'REFERENCES')) {
    case 'PRIMARY':
      t.expect('KEY');
      return { ...head, kind: 'primaryKey', ...parseKey(t, column) };
    case 'UNIQUE':
      return { ...head, kind: 'unique', ...parseKey(t, column) };
    case 'CHECK': {
      t.acceptAll('NOT', 'FOR', 'REPLICATION');
      t.expect('(');
      const start = t.current;
      const condition = parsePredicate(t);
      const text = withoutOuterParentheses(t.textSince(start));
      t.expect(')');
      return { ...head, kind: 'check', condition, text, ...(column === undefined ? {} : { column }) };
    }
    case 'DEFAULT':
      return { ...head, ...parseDefault(t, column) };
    case 'FOREIGN':
      t.expect('KEY');
      return { ...head, ...parseForeignKey(t, column, true) };
    case 'REFERENCES':
      return { ...head, ...parseForeignKey(t, column, false) };
  }
}

function parseKey(
  t: TokenStream,
  column: string | undefined,
): { readonly columns: readonly IndexColumn[]; readonly clustered?: boolean } {
  const clustering = t.acceptOneOf('CLUSTERED', 'NONCLUSTERED');
  const columns = column === undefined || t.is('(') ? parseIndexColumns(t) : [{ name: column, descending: false }];
  skipIndexOptions(t);
  return { columns, ...(clustering === undefined ? {} : { clustered: clustering === 'CLUSTERED' }) };
}

function parseDefault(t: TokenStream, column: string | undefined) {
  const start = t.current;
  const value = parseExpression(t);
  const text = t.textSince(start);
  if (column === undefined) t.expect('FOR');
  const target = column ?? parseIdentifier(t);
  const withValues = t.acceptAll('WITH', 'VALUES');
  return { kind: 'default', column: target, value, text, ...(withValues ? { withValues } : {}) } as const;
}

function parseForeignKey(t: TokenStream, column: string | undefined, explicit: boolean) {
  let columns = column === undefined ? [] : [column];
  if (explicit) {
    if (column === undefined || t.is('(')) columns = parseColumnNames(t);
    t.expect('REFERENCES');
  } else if (column === undefined) {
    throw t.unexpected(t.previous);
  }
  const references = parseObjectName(t);
  const referencedColumns = t.is('(') ? parseColumnNames(t) : [];
  let onDelete: ReferentialAction = 'noAction';
  let onUpdate: ReferentialAction = 'noAction';
  for (;;) {
    if (t.acceptAll('ON', 'DELETE')) onDelete = parseReferentialAction(t);
    else if (t.acceptAll('ON', 'UPDATE')) onUpdate = parseReferentialAction(t);
    else if (!t.acceptAll('NOT', 'FOR', 'REPLICATION')) break;
  }
  return { kind: 'foreignKey', columns, references, referencedColumns, onDelete, onUpdate } as const;
}

function parseReferentialAction(t: TokenStream): ReferentialAction {
  if (t.accept('CASCADE')) return 'cascade';
  if (t.accept('NO')) {
    t.expect('ACTION');
    return 'noAction';
  }
  t.expect('SET');
  return t.expectOneOf('NULL', 'DEFAULT') === 'NULL' ? 'setNull' : 'setDefault';
}

import { unsupported } from '../unsupported.ts';
import type { NamedPermission, PermissionStatement } from './ast/permissions.ts';
import { columnsNotAllowed, columnsTwice } from './errors.ts';
import { parseColumnNames, parseIdentifier, parseObjectName } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** Classes that may stand before `::`, longest first where one begins another. */
const classes: readonly (readonly string[])[] = [
  ['OBJECT'],
  ['SERVICE'],
  ['CONTRACT'],
  ['MESSAGE', 'TYPE'],
  ['ROUTE'],
  ['SCHEMA'],
  ['TYPE'],
  ['DATABASE'],
  ['USER'],
  ['ROLE'],
  ['LOGIN'],
  ['REMOTE', 'SERVICE', 'BINDING'],
  ['XML', 'SCHEMA', 'COLLECTION'],
  ['CERTIFICATE'],
  ['ASSEMBLY'],
];

/** Reserved and other words of one permission, up to the comma, ON, TO or FROM. */
function parsePermission(t: TokenStream): NamedPermission {
  const words: string[] = [];
  while (t.current.kind === 'word' && !['ON', 'TO', 'FROM'].includes(t.current.key)) words.push(t.advance().key);
  if (words.length === 0) throw t.unexpected();
  if (words.join(' ') === 'ALL PRIVILEGES') words.pop();
  return { name: words.join(' '), columns: t.is('(') ? parseColumnNames(t) : [] };
}

export function parseClass(t: TokenStream): string {
  for (const words of classes) {
    if (t.acceptAll(...words, '::')) return words.join(' ');
  }
  if (t.peek(1).key === '::' && t.current.kind === 'word') unsupported(`permissions on ${t.current.key}::`, t.line);
  return 'OBJECT';
}

/** A user or role; `public` is reserved elsewhere but a name here. */
function parsePrincipal(t: TokenStream): string {
  return t.is('PUBLIC') ? t.advance().text : parseIdentifier(t);
}

const actions = { GRANT: 'grant', DENY: 'deny', REVOKE: 'revoke' } as const;

/** GRANT, DENY and REVOKE. */
export function parsePermissionStatement(t: TokenStream): PermissionStatement {
  const { line } = t;
  const action = actions[t.expectOneOf('GRANT', 'DENY', 'REVOKE')];
  const optionOnly = action === 'revoke' && t.acceptAll('GRANT', 'OPTION', 'FOR');
  const named = t.commaList(parsePermission);
  const on = t.accept('ON') ? parseSecurable(t) : undefined;
  const permissions = withColumns(named, on, line);
  if (action === 'revoke') t.expectOneOf('TO', 'FROM');
  else t.expect('TO');
  const principals = t.commaList(parsePrincipal);
  const withGrantOption = action === 'grant' && t.acceptAll('WITH', 'GRANT', 'OPTION');
  const cascade = action !== 'grant' && t.accept('CASCADE');
  if (t.accept('AS')) parsePrincipal(t);
  return {
    kind: 'permission',
    action,
    permissions,
    ...(on ? { on: { class: on.class, name: on.name } } : {}),
    principals,
    withGrantOption: withGrantOption || optionOnly,
    cascade,
    line,
  };
}

interface ParsedSecurable extends NonNullable<PermissionStatement['on']> {
  readonly columns: readonly string[];
}

function parseSecurable(t: TokenStream): ParsedSecurable {
  const securable = parseClass(t);
  const name = parseObjectName(t);
  return { class: securable, name, columns: t.is('(') ? parseColumnNames(t) : [] };
}

/** Permissions that can be given on single columns. */
const columnPermissions = new Set(['SELECT', 'UPDATE', 'REFERENCES']);

/**
 * The permissions with the columns that each is about: they stand behind the permission, or behind the securable for all of them.
 *
 * @throws {SqlError} 1019 for both, 1020 for columns of what has none
 */
function withColumns(
  named: readonly NamedPermission[],
  on: ParsedSecurable | undefined,
  line: number,
): readonly NamedPermission[] {
  const behind = on?.columns ?? [];
  const before = named.some(({ columns }) => columns.length > 0);
  if (before && behind.length > 0) throw columnsTwice(line);
  if (!before && behind.length === 0) return named;
  const permissions = before ? named : named.map(({ name }) => ({ name, columns: behind }));
  const fits = permissions.every(({ name, columns }) => columns.length === 0 || columnPermissions.has(name));
  if (on?.class !== 'OBJECT' || !fits) throw columnsNotAllowed(line);
  return permissions;
}

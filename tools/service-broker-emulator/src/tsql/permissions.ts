import { unsupported } from '../unsupported.ts';
import type { PermissionStatement } from './ast/permissions.ts';
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
function parsePermission(t: TokenStream): { readonly name: string; readonly columns: readonly string[] } {
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
  const permissions = t.commaList(parsePermission);
  const columns = permissions.flatMap((permission) => permission.columns);
  const on = t.accept('ON') ? parseSecurable(t, columns) : undefined;
  if (action === 'revoke') t.expectOneOf('TO', 'FROM');
  else t.expect('TO');
  const principals = t.commaList(parsePrincipal);
  const withGrantOption = action === 'grant' && t.acceptAll('WITH', 'GRANT', 'OPTION');
  const cascade = action !== 'grant' && t.accept('CASCADE');
  if (t.accept('AS')) parsePrincipal(t);
  return {
    kind: 'permission',
    action,
    permissions: permissions.map((permission) => permission.name),
    ...(on ? { on } : {}),
    principals,
    withGrantOption: withGrantOption || optionOnly,
    cascade,
    line,
  };
}

function parseSecurable(t: TokenStream, columns: readonly string[]): NonNullable<PermissionStatement['on']> {
  const securable = parseClass(t);
  const name = parseObjectName(t);
  const own = t.is('(') ? parseColumnNames(t) : [];
  return { class: securable, name, columns: [...columns, ...own] };
}

import { unsupported } from '../unsupported.ts';
import type { AlterPrincipalStatement, CreatePrincipalStatement } from './ast/principals.ts';
import { parseIdentifier, parseString } from './names.ts';
import type { TokenStream } from './token-stream.ts';

interface PrincipalOptions {
  password?: string;
  defaultSchema?: string;
  defaultDatabase?: string;
  defaultLanguage?: string;
  newName?: string;
}

/** Options of logins that the emulator takes without effect: it has no password policies. */
const policyOptions: ReadonlySet<string> = new Set([
  'CHECK_POLICY',
  'CHECK_EXPIRATION',
  'ALLOW_ENCRYPTED_VALUE_MODIFICATIONS',
]);

function parseOptions(t: TokenStream): PrincipalOptions {
  const options: PrincipalOptions = {};
  t.expect('WITH');
  t.commaList((stream) => parseOption(stream, options));
  return options;
}

function parseOption(t: TokenStream, options: PrincipalOptions): void {
  const { key, line, kind } = t.current;
  if (kind !== 'word') throw t.unexpected();
  t.advance();
  t.expect('=');
  switch (key) {
    case 'PASSWORD':
      if (t.current.kind === 'binary') unsupported('hashed passwords', line);
      options.password = parseString(t);
      if (t.accept('OLD_PASSWORD')) {
        t.expect('=');
        parseString(t);
      }
      if (t.is('MUST_CHANGE') || t.is('UNLOCK')) unsupported(`PASSWORD ... ${t.current.key}`, line);
      return;
    case 'DEFAULT_SCHEMA':
      options.defaultSchema = parseIdentifier(t);
      return;
    case 'DEFAULT_DATABASE':
      options.defaultDatabase = parseIdentifier(t);
      return;
    case 'DEFAULT_LANGUAGE':
      options.defaultLanguage = parseIdentifier(t);
      return;
    case 'NAME':
      options.newName = parseIdentifier(t);
      return;
  }
  if (!policyOptions.has(key)) unsupported(`the option ${key} of logins and users`, line);
  if (t.acceptOneOf('ON', 'OFF') === undefined) parseIdentifier(t);
}

/** `USER name [FOR LOGIN l | WITHOUT LOGIN] [WITH options]`. */
export function parseCreateUser(t: TokenStream, line: number): CreatePrincipalStatement {
  t.expect('USER');
  const name = parseIdentifier(t);
  let forLogin: string | undefined;
  let withoutLogin = false;
  if (t.accept('WITHOUT')) {
    t.expect('LOGIN');
    withoutLogin = true;
  } else if (t.acceptOneOf('FOR', 'FROM') !== undefined) {
    if (!t.accept('LOGIN')) unsupported(`CREATE USER ... FROM ${t.current.text.toUpperCase()}`, t.line);
    forLogin = parseIdentifier(t);
  }
  const { password, defaultSchema, defaultLanguage } = t.is('WITH') ? parseOptions(t) : {};
  if (defaultLanguage !== undefined) unsupported('DEFAULT_LANGUAGE of users', line);
  return {
    kind: 'createPrincipal',
    principal: 'user',
    name,
    ...(password === undefined ? {} : { password }),
    ...(forLogin === undefined ? {} : { forLogin }),
    withoutLogin,
    ...(defaultSchema === undefined ? {} : { defaultSchema }),
    line,
  };
}

/** `ROLE name [AUTHORIZATION owner]`. */
export function parseCreateRole(t: TokenStream, line: number): CreatePrincipalStatement {
  t.expect('ROLE');
  const name = parseIdentifier(t);
  const owner = t.accept('AUTHORIZATION') ? parseIdentifier(t) : undefined;
  return {
    kind: 'createPrincipal',
    principal: 'role',
    name,
    withoutLogin: false,
    ...(owner === undefined ? {} : { owner }),
    line,
  };
}

/** `LOGIN name WITH PASSWORD = '...'`. */
export function parseCreateLogin(t: TokenStream, line: number): CreatePrincipalStatement {
  t.expect('LOGIN');
  const name = parseIdentifier(t);
  if (t.is('FROM')) unsupported(`CREATE LOGIN ... FROM ${t.peek(1).text.toUpperCase()}`, line);
  const { password, defaultDatabase, defaultLanguage } = parseOptions(t);
  if (password === undefined) throw t.unexpected();
  return {
    kind: 'createPrincipal',
    principal: 'login',
    name,
    password,
    withoutLogin: false,
    ...(defaultDatabase === undefined ? {} : { defaultDatabase }),
    ...(defaultLanguage === undefined ? {} : { defaultLanguage }),
    line,
  };
}

const alterable = { USER: 'user', ROLE: 'role', LOGIN: 'login' } as const;

/** `USER | ROLE | LOGIN name ...` behind ALTER. */
export function parseAlterPrincipal(t: TokenStream, line: number): AlterPrincipalStatement {
  const principal = alterable[t.expectOneOf('USER', 'ROLE', 'LOGIN')];
  const name = parseIdentifier(t);
  return { kind: 'alterPrincipal', principal, name, change: parseChange(t, principal), line };
}

/** `SERVER ROLE name ADD | DROP MEMBER login` behind ALTER. */
export function parseAlterServerRole(t: TokenStream, line: number): AlterPrincipalStatement {
  t.expect('SERVER');
  t.expect('ROLE');
  const name = parseIdentifier(t);
  if (t.is('WITH')) unsupported('ALTER SERVER ROLE ... WITH NAME', line);
  const kind = t.expectOneOf('ADD', 'DROP') === 'ADD' ? 'addMember' : 'dropMember';
  t.expect('MEMBER');
  return { kind: 'alterPrincipal', principal: 'serverRole', name, change: { kind, member: parseIdentifier(t) }, line };
}

function parseChange(
  t: TokenStream,
  principal: AlterPrincipalStatement['principal'],
): AlterPrincipalStatement['change'] {
  if (principal === 'role' && !t.is('WITH')) {
    const kind = t.expectOneOf('ADD', 'DROP') === 'ADD' ? 'addMember' : 'dropMember';
    t.expect('MEMBER');
    return { kind, member: parseIdentifier(t) };
  }
  if (principal === 'login' && !t.is('WITH')) {
    if (t.is('ADD') || t.is('DROP')) unsupported('credentials of logins', t.line);
    return { kind: t.expectOneOf('ENABLE', 'DISABLE') === 'ENABLE' ? 'enable' : 'disable' };
  }
  const { line } = t;
  const changes: AlterPrincipalStatement['change'][] = [];
  const { password, newName, defaultSchema, defaultDatabase, defaultLanguage } = parseOptions(t);
  if (password !== undefined) changes.push({ kind: 'password', password });
  if (defaultDatabase !== undefined || defaultLanguage !== undefined) {
    changes.push({
      kind: 'defaults',
      ...(defaultDatabase === undefined ? {} : { defaultDatabase }),
      ...(defaultLanguage === undefined ? {} : { defaultLanguage }),
    });
  }
  if (newName !== undefined) changes.push({ kind: 'rename', newName });
  if (defaultSchema !== undefined) changes.push({ kind: 'defaultSchema', schema: defaultSchema });
  const [change, ...more] = changes;
  if (change === undefined || more.length > 0)
    return unsupported(`this combination of options in ALTER ${principal.toUpperCase()}`, line);
  return change;
}

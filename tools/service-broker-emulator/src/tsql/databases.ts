import { unsupported } from '../unsupported.ts';
import type { AlterDatabaseStatement, CreateDatabaseStatement } from './ast/databases.ts';
import type { ProceduralStatement, Statement } from './ast/statements.ts';
import { useInModule } from './errors.ts';
import { isIdentifier, parseIdentifier } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** `DATABASE name [COLLATE c]`. */
export function parseCreateDatabase(t: TokenStream, line: number): CreateDatabaseStatement {
  t.expect('DATABASE');
  const { key } = t.current;
  if ((key === 'SCOPED' || key === 'ENCRYPTION' || key === 'AUDIT') && t.peek(1).kind === 'word') {
    unsupported(`CREATE DATABASE ${key}`, line);
  }
  const name = parseIdentifier(t);
  if (t.is('CONTAINMENT') || t.is('ON') || t.areNext('LOG', 'ON')) {
    unsupported('files and containment in CREATE DATABASE', t.line);
  }
  const collation = t.accept('COLLATE') ? parseIdentifier(t) : undefined;
  if (t.is('WITH') || t.areNext('AS', 'SNAPSHOT') || t.areNext('AS', 'COPY')) {
    unsupported(`CREATE DATABASE ... ${t.current.key}`, t.line);
  }
  return { kind: 'createDatabase', name, ...(collation ? { collation } : {}), line };
}

interface DatabaseOption {
  readonly option: string;
  readonly value?: string;
}

/** Options that stand without a value, so that a word behind them is not theirs. */
const bareOptions: ReadonlySet<string> = new Set([
  'ENABLE_BROKER',
  'DISABLE_BROKER',
  'NEW_BROKER',
  'ERROR_BROKER_CONVERSATIONS',
  'SINGLE_USER',
  'RESTRICTED_USER',
  'MULTI_USER',
  'READ_ONLY',
  'READ_WRITE',
  'ONLINE',
  'OFFLINE',
  'EMERGENCY',
]);

function parseDatabaseOption(t: TokenStream): DatabaseOption {
  if (!isIdentifier(t.current)) throw t.unexpected();
  const { key, line } = t.current;
  const option = key || t.current.text.toUpperCase();
  t.advance();
  if (bareOptions.has(option)) return { option };
  const assigned = t.accept('=');
  if (t.is('(')) unsupported(`ALTER DATABASE ... SET ${option} (...)`, line);
  const { kind } = t.current;
  if (
    !isIdentifier(t.current) &&
    kind !== 'integer' &&
    kind !== 'string' &&
    !t.is('ON') &&
    !t.is('OFF') &&
    !t.is('FULL')
  ) {
    throw t.unexpected();
  }
  if (!assigned && t.is('WITH')) throw t.unexpected();
  const value = t.advance().text;
  const unit = t.acceptOneOf('SECONDS', 'MINUTES');
  if (t.is('(')) unsupported(`ALTER DATABASE ... SET ${option} (...)`, line);
  return { option, value: unit ? `${value} ${unit}` : kind === 'word' ? value.toUpperCase() : value };
}

function parseTermination(t: TokenStream): Pick<AlterDatabaseStatement, 'termination' | 'seconds'> {
  if (!t.accept('WITH')) return {};
  if (t.accept('NO_WAIT')) return { termination: 'noWait' };
  t.expect('ROLLBACK');
  if (t.accept('IMMEDIATE')) return { termination: 'rollbackImmediate' };
  t.expect('AFTER');
  if (t.current.kind !== 'integer') throw t.unexpected();
  const seconds = Number(t.advance().text);
  t.accept('SECONDS');
  return { termination: 'rollbackAfter', seconds };
}

/** `DATABASE name | CURRENT SET option, ... [WITH termination]`; several options become a block of statements. */
export function parseAlterDatabase(t: TokenStream, line: number): Statement {
  t.expect('DATABASE');
  const { key } = t.current;
  if (
    (key === 'SCOPED' || key === 'ENCRYPTION' || key === 'AUDIT') &&
    t.peek(1).kind === 'word' &&
    t.peek(1).key !== 'SET'
  ) {
    unsupported(`ALTER DATABASE ${key}`, line);
  }
  const name = t.accept('CURRENT') ? undefined : parseIdentifier(t);
  if (['MODIFY', 'ADD', 'REMOVE', 'COLLATE'].includes(t.current.key)) {
    unsupported(`ALTER DATABASE ... ${t.current.key}`, line);
  }
  t.expect('SET');
  const options = t.commaList(parseDatabaseOption);
  const termination = parseTermination(t);
  const statements = options.map(
    (option): AlterDatabaseStatement => ({
      kind: 'alterDatabase',
      ...(name === undefined ? {} : { name }),
      ...option,
      ...termination,
      line,
    }),
  );
  const [first] = statements;
  return statements.length === 1 && first !== undefined ? first : { kind: 'block', statements, line };
}

export function parseUse(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('USE');
  if (t.inModule) throw useInModule(line);
  return { kind: 'use', database: parseIdentifier(t), line };
}

import { unsupported } from '../unsupported.ts';
import type { DeclareCursorStatement } from './ast/cursors.ts';
import type { Expression } from './ast/expressions.ts';
import type { SetOptionStatement } from './ast/set-options.ts';
import type { SetVariableStatement } from './ast/variables.ts';
import { notRecognized } from './errors.ts';
import { tryLiteral } from './expressions.ts';
import { isIdentifier, parseObjectName } from './names.ts';
import type { TokenStream } from './token-stream.ts';
import { parseSetVariable } from './variables.ts';

/** Options that take ON or OFF and may stand together in one SET. */
const switchOptions: ReadonlySet<string> = new Set([
  'ANSI_DEFAULTS',
  'ANSI_NULLS',
  'ANSI_NULL_DFLT_OFF',
  'ANSI_NULL_DFLT_ON',
  'ANSI_PADDING',
  'ANSI_WARNINGS',
  'ARITHABORT',
  'ARITHIGNORE',
  'CONCAT_NULL_YIELDS_NULL',
  'CURSOR_CLOSE_ON_COMMIT',
  'DISABLE_DEF_CNST_CHK',
  'FMTONLY',
  'FORCEPLAN',
  'IMPLICIT_TRANSACTIONS',
  'NOCOUNT',
  'NOEXEC',
  'NO_BROWSETABLE',
  'NUMERIC_ROUNDABORT',
  'PARSEONLY',
  'QUOTED_IDENTIFIER',
  'REMOTE_PROC_TRANSACTIONS',
  'RESULT_SET_CACHING',
  'SHOWPLAN_ALL',
  'SHOWPLAN_TEXT',
  'SHOWPLAN_XML',
  'XACT_ABORT',
]);

/** Options that take a number, a word, a string or a variable. */
const valuedOptions: ReadonlySet<string> = new Set([
  'CONTEXT_INFO',
  'DATEFIRST',
  'DATEFORMAT',
  'DEADLOCK_PRIORITY',
  'LANGUAGE',
  'LOCK_TIMEOUT',
  'QUERY_GOVERNOR_COST_LIMIT',
  'ROWCOUNT',
  'TEXTSIZE',
]);

/** Every form of SET. */
export function parseSet(t: TokenStream): SetVariableStatement | SetOptionStatement | DeclareCursorStatement {
  const { line } = t.expect('SET');
  if (t.current.kind === 'variable') return parseSetVariable(t, line);
  switch (t.current.key) {
    case 'TRANSACTION':
    case 'TRAN':
      return parseIsolationLevel(t, line);
    case 'IDENTITY_INSERT': {
      t.advance();
      const table = parseObjectName(t);
      return { kind: 'setOption', options: ['IDENTITY_INSERT'], value: t.expectOneOf('ON', 'OFF'), table, line };
    }
    case 'STATISTICS':
      return parseStatistics(t, line);
    case 'OFFSETS':
    case 'FIPS_FLAGGER':
      return unsupported(`SET ${t.current.key}`, line);
  }
  const { key } = t.current;
  if (valuedOptions.has(key)) {
    t.advance();
    return { kind: 'setOption', options: [key], value: parseOptionValue(t), line };
  }
  const options = t.commaList(parseSwitch);
  const value = t.expectOneOf('ON', 'OFF');
  if (options.includes('QUOTED_IDENTIFIER') || options.includes('ANSI_DEFAULTS')) t.quoteBy(value === 'ON');
  if (!t.inModule && (options.includes('ANSI_NULLS') || options.includes('ANSI_DEFAULTS')))
    t.ansiNulls = value === 'ON';
  refuseValue(options, value, line);
  return { kind: 'setOption', options, value, line };
}

/** Values that would change what statements answer, in ways that are not here: refused before the batch runs. */
const refusedValues: Readonly<Record<string, 'ON' | 'OFF'>> = {
  ANSI_DEFAULTS: 'OFF',
  DISABLE_DEF_CNST_CHK: 'ON',
  REMOTE_PROC_TRANSACTIONS: 'ON',
};

/** @throws {SqlError} 40000 with the option's name */
function refuseValue(options: readonly string[], value: string, line: number): void {
  const refused = options.find((option) => refusedValues[option] === value);
  if (refused !== undefined) unsupported(`SET ${refused} ${value}`, line);
}

function parseSwitch(t: TokenStream): string {
  const { key, text, line } = t.current;
  if (!switchOptions.has(key)) {
    if (isIdentifier(t.current)) throw notRecognized(text, 'SET option', line);
    throw t.unexpected();
  }
  t.advance();
  return key;
}

function parseStatistics(t: TokenStream, line: number): SetOptionStatement {
  t.advance();
  const options = t.commaList((stream) => `STATISTICS ${stream.expectOneOf('IO', 'TIME', 'PROFILE', 'XML')}`);
  return { kind: 'setOption', options, value: t.expectOneOf('ON', 'OFF'), line };
}

function parseIsolationLevel(t: TokenStream, line: number): SetOptionStatement {
  t.advance();
  t.expect('ISOLATION', 'LEVEL');
  const word = t.expectOneOf('READ', 'REPEATABLE', 'SNAPSHOT', 'SERIALIZABLE');
  let value: string = word;
  if (word === 'READ') value = `READ ${t.expectOneOf('COMMITTED', 'UNCOMMITTED')}`;
  if (word === 'REPEATABLE') {
    t.expect('READ');
    value = 'REPEATABLE READ';
  }
  return { kind: 'setOption', options: ['TRANSACTION ISOLATION LEVEL'], value, line };
}

function parseOptionValue(t: TokenStream): string | Expression {
  const { kind, line, text, key } = t.current;
  switch (kind) {
    case 'variable':
      return { kind: 'variable', name: t.advance().text, line };
    case 'integer':
    case 'string':
    case 'unicodeString':
    case 'quoted':
      return t.advance().text;
    case 'binary': {
      const literal = tryLiteral(t);
      if (literal === undefined) throw t.unexpected();
      return literal;
    }
    case 'symbol':
      if ((key === '-' || key === '+') && t.peek(1).kind === 'integer') {
        t.advance();
        return key === '-' ? `-${t.advance().text}` : t.advance().text;
      }
      throw t.unexpected();
    case 'word':
      if (!isIdentifier(t.current)) throw t.unexpected();
      t.advance();
      return text;
    default:
      throw t.unexpected();
  }
}

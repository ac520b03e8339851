import { unsupported } from '../unsupported.ts';
import type { Statement } from './ast/statements.ts';
import {
  parseBlock,
  parseGoto,
  parseIf,
  parseLoopExit,
  parseReturn,
  parseTryCatch,
  parseWhile,
} from './control-flow.ts';
import {
  parseBeginDialog,
  parseConversationTimer,
  parseEndConversation,
  parseMoveConversation,
  parseSend,
} from './conversations.ts';
import { parseCursorStatement, parseFetch } from './cursors.ts';
import { parseDelete, parseInsert, parseTruncate, parseUpdate } from './data.ts';
import { parseUse } from './databases.ts';
import { parseDbcc } from './dbcc.ts';
import { parseAlter, parseCreate } from './definitions.ts';
import { parseDrop } from './drop.ts';
import { parseCall, parseExecute } from './execute.ts';
import { parseExecuteAsStatement, parseRevert } from './impersonation.ts';
import { parseKill } from './kill.ts';
import { parseCheckpoint, parseUpdateStatistics } from './maintenance.ts';
import { parseMerge } from './merge.ts';
import { isIdentifier } from './names.ts';
import { parsePermissionStatement } from './permissions.ts';
import { parseCommonTableExpressions, parseSelectStatement } from './queries.ts';
import { parsePrint, parseRaiserror, parseThrow } from './raise-error.ts';
import { parseGetConversationGroup, parseReceive } from './receive.ts';
import { parseSet } from './set-options.ts';
import type { TokenStream } from './token-stream.ts';
import { parseTransaction } from './transactions.ts';
import { parseTriggerState } from './triggers.ts';
import { parseDeclare } from './variables.ts';
import { parseWaitFor } from './wait-for.ts';

type StatementParser = (t: TokenStream) => Statement;

const statementParsers: ReadonlyMap<string, StatementParser> = new Map<string, StatementParser>([
  ['SELECT', (t) => parseSelectStatement(t)],
  ['(', parseParenthesizedSelect],
  ['WITH', parseWithCtes],
  ['INSERT', (t) => parseInsert(t)],
  ['UPDATE', (t) => (t.peek(1).key === 'STATISTICS' ? parseUpdateStatistics(t) : parseUpdate(t))],
  ['DELETE', (t) => parseDelete(t)],
  ['MERGE', (t) => parseMerge(t)],
  ['TRUNCATE', parseTruncate],
  ['DECLARE', parseDeclare],
  ['SET', parseSet],
  ['IF', parseIf],
  ['WHILE', parseWhile],
  ['BEGIN', parseBegin],
  ['END', parseEndConversation],
  ['EXEC', parseExecuteOrContext],
  ['EXECUTE', parseExecuteOrContext],
  ['RAISERROR', parseRaiserror],
  ['WAITFOR', parseWaitFor],
  ['COMMIT', parseTransaction],
  ['ROLLBACK', parseTransaction],
  ['SAVE', parseTransaction],
  ['OPEN', parseCursorStatement],
  ['CLOSE', parseCursorStatement],
  ['DEALLOCATE', parseCursorStatement],
  ['FETCH', parseFetch],
  ['RETURN', parseReturn],
  ['BREAK', parseLoopExit],
  ['CONTINUE', parseLoopExit],
  ['GOTO', parseGoto],
  ['PRINT', parsePrint],
  ['USE', parseUse],
  ['KILL', parseKill],
  ['DBCC', parseDbcc],
  ['CHECKPOINT', parseCheckpoint],
  ['REVERT', parseRevert],
  ['CREATE', parseCreate],
  ['ALTER', parseAlter],
  ['DROP', parseDrop],
  ['GRANT', parsePermissionStatement],
  ['DENY', parsePermissionStatement],
  ['REVOKE', parsePermissionStatement],
]);

/** Statements of T-SQL that the emulator refuses by name. */
const unsupportedStatements: ReadonlySet<string> = new Set([
  'BACKUP',
  'BULK',
  'LINENO',
  'READTEXT',
  'RECONFIGURE',
  'RESTORE',
  'SETUSER',
  'SHUTDOWN',
  'UPDATETEXT',
  'WRITETEXT',
]);

/** A statement that begins with a word that is not reserved. */
function findWordStatement(t: TokenStream): StatementParser | undefined {
  const next = t.peek(1);
  switch (t.current.key) {
    case 'SEND':
      return next.key === 'ON' ? parseSend : undefined;
    case 'RECEIVE':
      return parseReceive;
    case 'GET':
      return next.key === 'CONVERSATION' ? parseGetConversationGroup : undefined;
    case 'MOVE':
      return next.key === 'CONVERSATION' ? parseMoveConversation : undefined;
    case 'THROW':
      return parseThrowStatement;
    case 'ENABLE':
    case 'DISABLE':
      return next.key === 'TRIGGER' ? parseTriggerState : undefined;
    default:
      return undefined;
  }
}

/** THROW needs a semicolon behind the statement before it; else SQL Server takes the word for something else. */
function parseThrowStatement(t: TokenStream): Statement {
  if (!t.isStatementBoundary) throw t.unexpected();
  return parseThrow(t);
}

function parseParenthesizedSelect(t: TokenStream): Statement {
  let offset = 1;
  while (t.peek(offset).key === '(') offset += 1;
  if (t.peek(offset).key !== 'SELECT') throw t.unexpected();
  return parseSelectStatement(t);
}

/** @throws {SqlError} 319 behind a statement without its semicolon */
function parseWithCtes(t: TokenStream): Statement {
  if (!t.isStatementBoundary) throw t.unexpected();
  const { line } = t;
  const ctes = parseCommonTableExpressions(t);
  switch (t.current.key) {
    case 'SELECT':
    case '(':
      return { ...parseSelectStatement(t, ctes), line };
    case 'INSERT': {
      const insert = parseInsert(t, ctes);
      return { ...insert, line };
    }
    case 'UPDATE':
      return { ...parseUpdate(t, ctes), line };
    case 'DELETE':
      return { ...parseDelete(t, ctes), line };
    case 'MERGE':
      return { ...parseMerge(t, ctes), line };
    default:
      throw t.unexpected();
  }
}

function parseBegin(t: TokenStream): Statement {
  switch (t.peek(1).key) {
    case 'TRAN':
    case 'TRANSACTION':
      return parseTransaction(t);
    case 'DISTRIBUTED':
      return unsupported('BEGIN DISTRIBUTED TRANSACTION', t.line);
    case 'TRY':
      return parseTryCatch(t);
    case 'DIALOG':
      return parseBeginDialog(t);
    case 'CONVERSATION':
      return parseConversationTimer(t);
    default:
      return parseBlock(t);
  }
}

function parseExecuteOrContext(t: TokenStream): Statement {
  return t.peek(1).key === 'AS' ? parseExecuteAsStatement(t) : parseExecute(t);
}

/**
 * One statement, without the semicolon behind it.
 *
 * @throws {SqlError} for a syntax error or an unsupported statement
 */
export function parseStatement(t: TokenStream): Statement {
  const { key, line, kind, text } = t.current;
  const { xmlNamespaces } = t;
  t.statementDepth += 1;
  const parse = statementParsers.get(key) ?? findWordStatement(t);
  let statement: Statement;
  if (parse !== undefined) {
    statement = parse(t);
  } else if (kind === 'word' && t.peek(1).key === ':' && isIdentifier(t.current)) {
    t.advance();
    t.advance();
    statement = { kind: 'label', label: text, line };
  } else if (t.atStart && isIdentifier(t.current)) {
    statement = parseCall(t, line);
  } else {
    if (unsupportedStatements.has(key)) unsupported(key === 'BULK' ? 'BULK INSERT' : key, line);
    throw t.unexpected();
  }
  t.statementDepth -= 1;
  t.xmlNamespaces = xmlNamespaces;
  return statement;
}

/** Whether an END that closes a block, or the end of the batch, stands here. */
function isListEnd(t: TokenStream): boolean {
  return t.atEnd || (t.is('END') && t.peek(1).key !== 'CONVERSATION');
}

/** Statements up to the END of a block; at least one. */
export function parseStatementsUntilEnd(t: TokenStream): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    while (t.accept(';')) {
      // Empty statements are allowed.
    }
    if (isListEnd(t)) break;
    statements.push(parseStatement(t));
  }
  // SQL Server reads on behind END for END CONVERSATION and reports what it finds there instead.
  if (statements.length === 0) t.expect('END', 'CONVERSATION');
  return statements;
}

/** Statements up to the end of the batch: a whole batch or what stands behind AS in a module. */
export function parseModuleBody(t: TokenStream): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    while (t.accept(';')) {
      // Empty statements are allowed.
    }
    if (t.atEnd) return statements;
    statements.push(parseStatement(t));
  }
}

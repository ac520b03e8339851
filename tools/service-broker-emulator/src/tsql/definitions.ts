import { unsupported } from '../unsupported.ts';
import type { Statement } from './ast/statements.ts';
import { parseAlterAuthorization } from './authorization.ts';
import {
  parseBrokerPriority,
  parseContract,
  parseEventNotification,
  parseMessageType,
  parseQueue,
  parseRoute,
  parseService,
} from './broker-objects.ts';
import { parseAlterDatabase, parseCreateDatabase } from './databases.ts';
import { refuseObject } from './drop.ts';
import { mustBeFirstInBatch } from './errors.ts';
import { parseCreateIndex } from './indexes.ts';
import { parseAlterIndex } from './maintenance.ts';
import { type ModuleMode, parseFunction, parseProcedure, parseTrigger, parseView } from './modules.ts';
import {
  parseAlterPrincipal,
  parseAlterServerRole,
  parseCreateLogin,
  parseCreateRole,
  parseCreateUser,
} from './principals.ts';
import { parseAlterSchema, parseCreateSchema } from './schemas.ts';
import { parseAlterTable, parseCreateTable } from './tables.ts';
import type { TokenStream } from './token-stream.ts';
import { parseCreateType, parseSequence } from './types-and-sequences.ts';

const moduleWords = {
  PROC: 'PROCEDURE',
  PROCEDURE: 'PROCEDURE',
  FUNCTION: 'FUNCTION',
  VIEW: 'VIEW',
  TRIGGER: 'TRIGGER',
} as const;

type ModuleWord = keyof typeof moduleWords;

function moduleWord(key: string): ModuleWord | undefined {
  return Object.hasOwn(moduleWords, key) ? (key as ModuleWord) : undefined;
}

/** A module alone in its batch. @throws {SqlError} 111 behind another statement, 156 inside a block or branch */
function parseModule(
  t: TokenStream,
  word: ModuleWord,
  mode: ModuleMode,
  line: number,
  nested: boolean,
  first: boolean,
): Statement {
  if (nested) throw t.unexpected();
  if (!first) {
    const kind = moduleWords[word];
    const verb = kind === 'PROCEDURE' ? 'CREATE/ALTER' : mode === 'alter' ? 'ALTER' : 'CREATE';
    throw mustBeFirstInBatch(`${verb} ${kind}`, line);
  }
  switch (moduleWords[word]) {
    case 'PROCEDURE':
      return parseProcedure(t, mode, line);
    case 'FUNCTION':
      return parseFunction(t, mode, line);
    case 'VIEW':
      return parseView(t, mode, line);
    case 'TRIGGER':
      return parseTrigger(t, mode, line);
  }
}

/** Every form of CREATE. */
export function parseCreate(t: TokenStream): Statement {
  const nested = t.isNestedStatement;
  const first = t.atStart;
  const { line } = t.expect('CREATE');
  if (t.is('OR')) {
    t.expect('OR', 'ALTER');
    const word = moduleWord(t.current.key);
    if (word === undefined) throw t.unexpected();
    return parseModule(t, word, 'createOrAlter', line, nested, first);
  }
  const word = moduleWord(t.current.key);
  if (word !== undefined) return parseModule(t, word, 'create', line, nested, first);
  switch (t.current.key) {
    case 'TABLE':
      return parseCreateTable(t, line);
    case 'UNIQUE':
    case 'CLUSTERED':
    case 'NONCLUSTERED':
    case 'INDEX':
      return parseCreateIndex(t, line);
    case 'TYPE':
      return parseCreateType(t, line);
    case 'SEQUENCE':
      return parseSequence(t, 'create', line);
    case 'SCHEMA':
      if (nested) throw t.unexpected();
      if (!first) throw mustBeFirstInBatch('CREATE SCHEMA', line);
      return parseCreateSchema(t, line);
    case 'DATABASE':
      return parseCreateDatabase(t, line);
    case 'USER':
      return parseCreateUser(t, line);
    case 'ROLE':
      return parseCreateRole(t, line);
    case 'LOGIN':
      return parseCreateLogin(t, line);
    case 'MESSAGE':
      return parseMessageType(t, 'create', line);
    case 'CONTRACT':
      return parseContract(t, line);
    case 'QUEUE':
      return parseQueue(t, 'create', line);
    case 'SERVICE':
      return parseService(t, 'create', line);
    case 'ROUTE':
      return parseRoute(t, 'create', line);
    case 'BROKER':
      return parseBrokerPriority(t, 'create', line);
    case 'EVENT':
      if (t.peek(1).key === 'SESSION') unsupported('CREATE EVENT SESSION', line);
      return parseEventNotification(t, line);
    case 'SYNONYM':
    case 'COLUMNSTORE':
    case 'PRIMARY':
      return unsupported(`CREATE ${t.current.key === 'PRIMARY' ? 'PRIMARY XML INDEX' : t.current.key}`, line);
    default:
      return refuseObject(t, 'CREATE');
  }
}

/** Every form of ALTER. */
export function parseAlter(t: TokenStream): Statement {
  const nested = t.isNestedStatement;
  const first = t.atStart;
  const { line } = t.expect('ALTER');
  const word = moduleWord(t.current.key);
  if (word !== undefined) return parseModule(t, word, 'alter', line, nested, first);
  switch (t.current.key) {
    case 'TABLE':
      return parseAlterTable(t, line);
    case 'SEQUENCE':
      return parseSequence(t, 'alter', line);
    case 'DATABASE':
      return parseAlterDatabase(t, line);
    case 'USER':
    case 'ROLE':
    case 'LOGIN':
      return parseAlterPrincipal(t, line);
    case 'MESSAGE':
      return parseMessageType(t, 'alter', line);
    case 'QUEUE':
      return parseQueue(t, 'alter', line);
    case 'SERVICE':
      if (t.peek(1).key === 'MASTER') unsupported('ALTER SERVICE MASTER KEY', line);
      return parseService(t, 'alter', line);
    case 'ROUTE':
      return parseRoute(t, 'alter', line);
    case 'BROKER':
      return parseBrokerPriority(t, 'alter', line);
    case 'AUTHORIZATION':
      return parseAlterAuthorization(t, line);
    case 'SERVER':
      return parseAlterServerRole(t, line);
    case 'INDEX':
      return parseAlterIndex(t, line);
    case 'SCHEMA':
      return parseAlterSchema(t, line);
    case 'CONTRACT':
      return unsupported('ALTER CONTRACT', line);
    default:
      return refuseObject(t, 'ALTER');
  }
}

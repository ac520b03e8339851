import { unsupported } from '../unsupported.ts';
import type { AlterTableStatement, CreateTableStatement } from './ast/tables.ts';
import type { TriggerStateStatement } from './ast/triggers.ts';
import { skipStorage } from './indexes.ts';
import { parseIdentifier, parseObjectName } from './names.ts';
import { parseAlteredColumn, parseTableBody, parseTableElement, type TableParts } from './table-body.ts';
import type { TokenStream } from './token-stream.ts';
import { parseTableTriggerState } from './triggers.ts';

/** Options of CREATE TABLE that only say how pages are laid out or compressed. */
const storageOptions: ReadonlySet<string> = new Set(['DATA_COMPRESSION', 'XML_COMPRESSION', 'FILLFACTOR', 'PAD_INDEX']);

/** `CREATE TABLE name (...)`, from TABLE on. */
export function parseCreateTable(t: TokenStream, line: number): CreateTableStatement {
  t.expect('TABLE');
  const name = parseObjectName(t);
  if (t.is('AS')) unsupported(`CREATE TABLE ... AS ${t.peek(1).text}`, line);
  const table = parseTableBody(t);
  skipStorage(t);
  if (t.is('WITH') && t.peek(1).key === '(') parseTableOptions(t);
  return { kind: 'createTable', name, table, line };
}

function parseTableOptions(t: TokenStream): void {
  t.expect('WITH');
  t.parenthesized((stream) => {
    const { key, line, kind } = stream.current;
    if (kind !== 'word') throw stream.unexpected();
    if (!storageOptions.has(key)) unsupported(`the table option ${key}`, line);
    stream.advance();
    stream.expect('=');
    stream.advance();
  });
}

/** `ALTER TABLE name ...`, from TABLE on. */
export function parseAlterTable(t: TokenStream, line: number): AlterTableStatement | TriggerStateStatement {
  t.expect('TABLE');
  const name = parseObjectName(t);
  if ((t.is('ENABLE') || t.is('DISABLE')) && t.peek(1).key === 'TRIGGER') return parseTableTriggerState(t, name);
  return { kind: 'alterTable', name, change: parseChange(t), line };
}

function parseChange(t: TokenStream): AlterTableStatement['change'] {
  const checked = t.is('WITH') ? parseCheckOption(t) : undefined;
  switch (t.current.key) {
    case 'ADD':
      t.advance();
      return parseAdd(t, checked ?? true);
    case 'CHECK':
    case 'NOCHECK':
      return parseCheckConstraints(t, checked ?? false);
  }
  if (checked !== undefined) throw t.unexpected();
  switch (t.current.key) {
    case 'ALTER':
      t.expect('ALTER', 'COLUMN');
      return { kind: 'alterColumn', column: parseAlteredColumn(t) };
    case 'DROP':
      t.advance();
      return parseDropElements(t);
    case 'SET':
    case 'SWITCH':
    case 'REBUILD':
    case 'ENABLE':
    case 'DISABLE':
      return unsupported(`ALTER TABLE ... ${t.current.key}`, t.line);
    default:
      throw t.unexpected();
  }
}

function parseCheckOption(t: TokenStream): boolean {
  t.expect('WITH');
  return t.expectOneOf('CHECK', 'NOCHECK') === 'CHECK';
}

function parseAdd(t: TokenStream, withCheck: boolean): AlterTableStatement['change'] {
  const table: TableParts = { columns: [], constraints: [], indexes: [] };
  t.commaList((stream) => {
    stream.accept('COLUMN');
    parseTableElement(stream, table);
  });
  return { kind: 'add', table, withCheck };
}

function parseCheckConstraints(t: TokenStream, withCheck: boolean): AlterTableStatement['change'] {
  const enabled = t.expectOneOf('CHECK', 'NOCHECK') === 'CHECK';
  t.expect('CONSTRAINT');
  const names = t.accept('ALL') ? [] : t.commaList(parseIdentifier);
  return { kind: 'checkConstraints', enabled, names, withCheck };
}

function parseDropElements(t: TokenStream): AlterTableStatement['change'] {
  if (t.is('PERIOD')) unsupported('ALTER TABLE ... DROP PERIOD', t.line);
  const word = t.acceptOneOf('COLUMN', 'CONSTRAINT');
  const kind = word === 'COLUMN' ? 'dropColumns' : 'dropConstraints';
  const ifExists = word !== undefined && t.acceptAll('IF', 'EXISTS');
  const names = [parseIdentifier(t)];
  while (t.accept(',')) {
    if (t.is('COLUMN') || t.is('CONSTRAINT'))
      unsupported('ALTER TABLE ... DROP of columns and constraints together', t.line);
    names.push(parseIdentifier(t));
  }
  if (t.is('WITH') && t.peek(1).key === '(') unsupported('ALTER TABLE ... DROP CONSTRAINT ... WITH', t.line);
  return { kind, names, ifExists };
}

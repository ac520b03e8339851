import { findLanguage } from '../../../languages.ts';
import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import type { SetOptionStatement } from '../../../tsql/ast/set-options.ts';
import { unsupported } from '../../../unsupported.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import { convertValue } from '../../types/convert.ts';
import { dateSettings, isDateOrder } from '../../types/date-settings.ts';
import { objectNotFound } from '../errors.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, printName } from '../name-resolution.ts';
import type { SetOptions } from '../set-options.ts';
import { identityInsertTaken, noIdentityColumn } from './errors/definition-errors.ts';
import { dateFirstOutOfRange, invalidDateOrder, unknownLanguage } from './errors/execution-errors.ts';

type Switch = { [K in keyof SetOptions]: SetOptions[K] extends boolean ? K : never }[keyof SetOptions];

/** ON/OFF options with an effect, or at least a state that can be looked up. */
const switches: Readonly<Record<string, Switch>> = {
  NOCOUNT: 'nocount',
  XACT_ABORT: 'xactAbort',
  IMPLICIT_TRANSACTIONS: 'implicitTransactions',
  QUOTED_IDENTIFIER: 'quotedIdentifier',
  FMTONLY: 'formatOnly',
  NOEXEC: 'noExec',
  ANSI_NULLS: 'ansiNulls',
  ANSI_PADDING: 'ansiPadding',
  ANSI_WARNINGS: 'ansiWarnings',
  CONCAT_NULL_YIELDS_NULL: 'concatNullYieldsNull',
  NUMERIC_ROUNDABORT: 'numericRoundAbort',
  // Without effect while ANSI_WARNINGS is ON.
  ARITHABORT: 'arithAbort',
  ARITHIGNORE: 'arithIgnore',
  CURSOR_CLOSE_ON_COMMIT: 'cursorCloseOnCommit',
};

/** Options that no result of a statement depends on, or whose other value is refused where it is read. */
const withoutEffect = new Set([
  'REMOTE_PROC_TRANSACTIONS',
  'DISABLE_DEF_CNST_CHK',
  'STATISTICS IO',
  'STATISTICS TIME',
  'FORCEPLAN',
  'NO_BROWSETABLE',
  'QUERY_GOVERNOR_COST_LIMIT',
]);

/** Switches that turn statements into something else to look at: nothing to show, nothing to refuse when off. */
const diagnostics = new Set([
  'STATISTICS XML',
  'STATISTICS PROFILE',
  'SHOWPLAN_ALL',
  'SHOWPLAN_TEXT',
  'SHOWPLAN_XML',
  'PARSEONLY',
]);

const isolationLevels = new Set(['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE', 'SNAPSHOT']);

function word(statement: SetOptionStatement): string {
  if (typeof statement.value === 'string') return statement.value.toUpperCase();
  const { value } = statement;
  if (value.kind === 'literal' && value.type === 'string') return value.value;
  if (value.kind === 'column') return value.parts.join('.');
  return '';
}

function number(run: Interpreter, statement: SetOptionStatement, frame: ModuleFrame): number {
  if (typeof statement.value === 'string') return Number(statement.value);
  const { type, value } = run.session.scalar(statement.value, frame);
  return Number(convertValue(value, type, { name: 'int' }, { explicit: false }) ?? 0);
}

function setIdentityInsert(run: Interpreter, statement: SetOptionStatement, frame: ModuleFrame): void {
  const { session } = run;
  const name = statement.table;
  if (name === undefined) return;
  const table = identityTable(run, name, frame);
  if (!table.definition.columns.some((column) => column.identity !== undefined)) {
    throw noIdentityColumn(table.schema, table.name);
  }
  const current = session.identities.insertTable;
  const isCurrent =
    current?.name === table.name && current.schema === table.schema && current.database === table.database;
  if (word(statement) === 'OFF') {
    if (isCurrent) session.identities.insertTable = undefined;
    return;
  }
  if (current !== undefined && !isCurrent) {
    throw identityInsertTaken(current.database, current.schema, current.name, table.name);
  }
  const { database, schema } = table;
  session.identities.insertTable = { database, schema, name: table.name };
}

interface IdentityTable {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly definition: TableDefinition;
}

/** The table that SET IDENTITY_INSERT names, which may be in another database. @throws {SqlError} 1088 */
function identityTable({ session }: Interpreter, name: ObjectName, frame: ModuleFrame): IdentityTable {
  if (name.name.startsWith('#')) {
    const { definition } = session.tempTables.find(name.name) ?? {};
    if (definition === undefined) throw objectNotFound(printName(name), 1088);
    return { database: 'tempdb', schema: definition.schema, name: definition.name, definition };
  }
  const database = databaseOf(name, session.database, session.server.databases);
  const object = findObject(name, database, frame.defaultSchema);
  if (object?.kind !== 'table') throw objectNotFound(printName(name), 1088);
  return { database: database.name, schema: object.schema, name: object.name, definition: object.definition };
}

export function runSetOption(run: Interpreter, statement: SetOptionStatement, frame: ModuleFrame): void {
  for (const option of statement.options) setOption(run, statement, option, frame);
}

function setOption(run: Interpreter, statement: SetOptionStatement, option: string, frame: ModuleFrame): void {
  const { options } = run.session;
  const target = switches[option];
  if (target !== undefined) {
    options[target] = word(statement) === 'ON';
    return;
  }
  if (withoutEffect.has(option)) return;
  if (option === 'ANSI_NULL_DFLT_ON' || option === 'ANSI_NULL_DFLT_OFF') {
    // Either one ON puts the other OFF; with both OFF the database decides.
    const nullable = option === 'ANSI_NULL_DFLT_ON';
    if (word(statement) === 'ON') options.ansiNullDefault = nullable;
    else if (options.ansiNullDefault === nullable) options.ansiNullDefault = undefined;
    return;
  }
  if (option === 'ANSI_DEFAULTS') {
    Object.assign(options, {
      quotedIdentifier: true,
      ansiNulls: true,
      ansiPadding: true,
      ansiWarnings: true,
      implicitTransactions: true,
      cursorCloseOnCommit: true,
    });
    return;
  }
  if (diagnostics.has(option)) {
    if (word(statement) === 'ON') throw unsupported(`SET ${option} ON`, statement.line);
    return;
  }
  switch (option) {
    case 'LOCK_TIMEOUT':
      options.lockTimeout = number(run, statement, frame);
      return;
    case 'ROWCOUNT':
      options.rowCount = number(run, statement, frame);
      return;
    case 'TEXTSIZE':
      options.textSize = textSizeOf(number(run, statement, frame));
      return;
    case 'DATEFIRST': {
      const first = number(run, statement, frame);
      if (!(first >= 1 && first <= 7)) throw dateFirstOutOfRange(first);
      options.dateFirst = first;
      run.datesSet.first = true;
      return;
    }
    case 'DATEFORMAT': {
      const written = text(run, statement, frame);
      const order = written.toLowerCase();
      if (!isDateOrder(order)) throw invalidDateOrder(written);
      options.dates = dateSettings(order, options.dates.language);
      run.datesSet.format = true;
      return;
    }
    case 'LANGUAGE':
      setLanguage(run, text(run, statement, frame), statement.line, frame);
      return;
    case 'DEADLOCK_PRIORITY':
      options.deadlockPriority = word(statement);
      return;
    case 'TRANSACTION ISOLATION LEVEL':
      if (!isolationLevels.has(word(statement)))
        throw unsupported(`isolation level ${word(statement)}`, statement.line);
      options.isolation = word(statement) as SetOptions['isolation'];
      return;
    case 'IDENTITY_INSERT':
      setIdentityInsert(run, statement, frame);
      return;
    case 'CONTEXT_INFO': {
      if (typeof statement.value === 'string') throw unsupported('SET CONTEXT_INFO with a word', statement.line);
      const { type, value } = run.session.scalar(statement.value, frame);
      const bytes = convertValue(value, type, { name: 'varbinary', length: 128 }, { explicit: false });
      run.session.contextInfo = bytes instanceof Uint8Array ? bytes : null;
      return;
    }
    default:
      throw unsupported(`SET ${option}`, statement.line);
  }
}

/** 0 is the default of 4 KB. Source: Microsoft's documentation of SET TEXTSIZE. */
function textSizeOf(given: number): number {
  return given === 0 ? 4096 : given;
}

/** A word, a string or a variable; NULL is empty. */
function text(run: Interpreter, statement: SetOptionStatement, frame: ModuleFrame): string {
  if (typeof statement.value === 'string') return statement.value;
  if (statement.value.kind !== 'variable') return word(statement);
  const { type, value } = run.session.scalar(statement.value, frame);
  return String(convertValue(value, type, { name: 'nvarchar', length: 'max' }, { explicit: false }) ?? '');
}

/** Tells the client, but not from within a procedure or EXEC, as it ends with that. Source: SQL Server 2025. */
function setLanguage(run: Interpreter, written: string, line: number, frame: ModuleFrame): void {
  const language = findLanguage(written);
  if (language === undefined) throw unknownLanguage(written);
  const { options } = run.session;
  const { order, language: before } = options.dates;
  options.dates = dateSettings(run.datesSet.format ? order : language.dateFormat, language);
  if (!run.datesSet.first) options.dateFirst = language.dateFirst;
  if (frame.nestLevel > 0) return;
  run.sink.environment({ kind: 'language', newValue: language.name, oldValue: before.name });
  run.sink.info({
    number: 5703,
    state: 1,
    severity: 0,
    text: `Changed language setting to ${language.name}.`,
    procedure: frame.procedure,
    line,
  });
}

import type { DbccCheckIdentity, DbccStatement } from '../../../tsql/ast/dbcc.ts';
import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import { objectSecurable } from '../../security/securables.ts';
import type { TableStore } from '../../storage/table-store.ts';
import { convertValue } from '../../types/convert.ts';
import type { SqlDecimal, SqlValue } from '../../types/sql-value.ts';
import { sysnameType } from '../../types/type-info.ts';
import type { Interpreter } from '../interpreter.ts';
import { andThen, type MaybePromise } from '../maybe-promise.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, parseObjectName } from '../name-resolution.ts';
import type { SessionCore } from '../session-core.ts';
import {
  dbccDenied,
  dbccParameterIncorrect,
  tableForDbccNotFound,
  withoutIdentityColumn,
} from './errors/dbcc-errors.ts';
import { sendRows } from './queries.ts';

export function runDbcc(run: Interpreter, statement: DbccStatement, frame: ModuleFrame): MaybePromise<void> {
  if (statement.command === 'CHECKIDENT') {
    checkIdentity(run, statement, frame);
    completed(run, statement, frame);
    return run.completeWithoutCount(frame);
  }
  const rows = userOptions(run.session).map(([option, value]) => [option, value]);
  run.session.statement.rowCount = BigInt(rows.length);
  const columns = ['Set Option', 'Value'].map((name) => ({ name, type: sysnameType, nullable: true }));
  return andThen(sendRows(run, columns, rows), () => {
    run.complete({ command: 'select', rowCount: rows.length }, frame);
    completed(run, statement, frame);
  });
}

function inform(run: Interpreter, number: number, text: string, line: number, frame: ModuleFrame): void {
  run.sink.info({ number, state: 1, severity: 0, text, procedure: frame.procedure, line });
}

function completed(run: Interpreter, { silent, line }: DbccStatement, frame: ModuleFrame): void {
  if (silent) return;
  const text = 'DBCC execution completed. If DBCC printed error messages, contact your system administrator.';
  inform(run, 2528, text, line, frame);
}

/** What is set, and only that. Source: Microsoft's documentation of DBCC USEROPTIONS. */
function userOptions({ options, database }: SessionCore): readonly (readonly [option: string, value: string])[] {
  const switches: readonly (readonly [option: string, isOn: boolean])[] = [
    ['quoted_identifier', options.quotedIdentifier],
    ['arithabort', options.arithAbort],
    ['arithignore', options.arithIgnore],
    ['nocount', options.nocount],
    ['implicit_transactions', options.implicitTransactions],
    ['cursor_close_on_commit', options.cursorCloseOnCommit],
    ['xact_abort', options.xactAbort],
    ['ansi_null_dflt_on', options.ansiNullDefault === true],
    ['ansi_null_dflt_off', options.ansiNullDefault === false],
    ['ansi_warnings', options.ansiWarnings],
    ['ansi_padding', options.ansiPadding],
    ['ansi_nulls', options.ansiNulls],
    ['concat_null_yields_null', options.concatNullYieldsNull],
    ['numeric_roundabort', options.numericRoundAbort],
  ];
  const isSnapshot = options.isolation === 'READ COMMITTED' && database.readCommittedSnapshot;
  return [
    ['textsize', `${options.textSize}`],
    ['language', options.dates.language.name],
    ['dateformat', options.dates.order],
    ['datefirst', `${options.dateFirst}`],
    ['lock_timeout', `${options.lockTimeout}`],
    ...switches.filter(([, isOn]) => isOn).map(([option]) => [option, 'SET'] as const),
    ['isolation level', isSnapshot ? 'read committed snapshot' : options.isolation.toLowerCase()],
  ];
}

interface CheckedTable {
  readonly name: string;
  readonly store: TableStore;
}

/** @throws {SqlError} 2501 for what isn't a table, 2557 without control of it */
function tableOf(run: Interpreter, name: ObjectName, written: string, frame: ModuleFrame): CheckedTable {
  const { session } = run;
  if (name.name.startsWith('#')) {
    const store = session.tempTables.find(name.name);
    if (store === undefined) throw tableForDbccNotFound(written);
    return { name: name.name, store };
  }
  const database = databaseOf(name, session.database, session.server.databases);
  const object = findObject(name, database, frame.defaultSchema);
  if (object?.kind !== 'table') throw tableForDbccNotFound(written);
  if (!session.holds('CONTROL', objectSecurable(database, object))) {
    throw dbccDenied(session.userName, 'CHECKIDENT', object.name);
  }
  return { name: object.name, store: object.store };
}

function asInteger(value: SqlValue): bigint | undefined {
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  if (typeof value === 'bigint') return value;
  if (value === null || typeof value !== 'object' || !('unscaled' in value)) return undefined;
  const { unscaled, scale } = value as SqlDecimal;
  return unscaled / 10n ** BigInt(scale);
}

/** The greatest value of a column, or the least; undefined without rows. */
function furthest(store: TableStore, ordinal: number, increment: bigint, run: Interpreter): bigint | undefined {
  let found: bigint | undefined;
  for (const { values } of store.scan(run.session.transactions.current)) {
    const value = asInteger(values[ordinal] ?? null);
    if (value === undefined) continue;
    if (found === undefined || (increment > 0n ? value > found : value < found)) found = value;
  }
  return found;
}

const ranges: Readonly<Partial<Record<string, readonly [bigint, bigint]>>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

/**
 * DBCC CHECKIDENT. Source: its documentation; the texts of its messages are those of SQL Server 2025.
 *
 * @throws {SqlError} 2501, 2557, 2560 or 7997
 */
function checkIdentity(run: Interpreter, statement: DbccCheckIdentity, frame: ModuleFrame): void {
  const { session } = run;
  const written = typeof statement.table === 'string' ? statement.table : statement.table.name;
  const name = typeof statement.table === 'string' ? parseObjectName(statement.table) : statement.table;
  const table = tableOf(run, name, written, frame);
  const { definition } = table.store;
  const ordinal = definition.columns.findIndex(({ identity }) => identity !== undefined);
  const column = definition.columns[ordinal];
  if (column?.identity === undefined) throw withoutIdentityColumn(table.name);
  const { increment } = column.identity;
  const current = table.store.currentIdentity;
  const shown = `Checking identity information: current identity value '${current ?? 'NULL'}'`;
  const reseed = (value: bigint): void => {
    session.transactionForWriting().record(() => table.store.reseedIdentity(current));
    table.store.reseedIdentity(value);
  };
  if (statement.value === undefined) {
    const extreme = furthest(table.store, ordinal, increment, run);
    if (!statement.silent) {
      inform(run, 7998, `${shown}, current column value '${extreme ?? 'NULL'}'.`, statement.line, frame);
    }
    const isBehind = extreme !== undefined && (current === undefined || (extreme - current) * increment > 0n);
    if (statement.reseed && isBehind) reseed(extreme);
    return;
  }
  if (!statement.silent) inform(run, 7989, `${shown}.`, statement.line, frame);
  const { type, value } = session.scalar(statement.value, frame);
  const wanted = asInteger(convertValue(value, type, { name: 'numeric', precision: 38, scale: 0 }, { explicit: true }));
  const range = ranges[column.type.name];
  if (wanted === undefined || (range !== undefined && (wanted < range[0] || wanted > range[1]))) {
    throw dbccParameterIncorrect(3);
  }
  // A table that never had a row gives the value itself to the first one.
  reseed(current === undefined ? wanted - increment : wanted);
}

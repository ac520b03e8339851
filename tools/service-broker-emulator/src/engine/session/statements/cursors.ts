import type { CursorStatement, DeclareCursorStatement, FetchStatement } from '../../../tsql/ast/cursors.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { compileSelect } from '../../query/compile-statement.ts';
import { convertValue } from '../../types/convert.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import type { CursorState } from '../cursor-state.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import {
  cursorAlreadyOpen,
  cursorExists,
  cursorNotFound,
  cursorNotOpen,
  fetchTypeNotAllowed,
  fetchVariablesDiffer,
  undeclaredTargetVariable,
} from './errors/execution-errors.ts';
import { sendRows } from './queries.ts';

function find(run: Interpreter, name: string, frame: ModuleFrame): CursorState {
  const key = nameKey(name);
  const cursor = frame.cursors.get(key) ?? run.session.cursors.global.get(key);
  if (cursor !== undefined) return cursor;
  throw cursorNotFound(name);
}

export function runDeclareCursor(run: Interpreter, statement: DeclareCursorStatement, frame: ModuleFrame): void {
  const key = nameKey(statement.name);
  const scope =
    statement.options.includes('LOCAL') || statement.name.startsWith('@') ? frame.cursors : run.session.cursors.global;
  if (scope.has(key) && !statement.name.startsWith('@')) {
    throw cursorExists(statement.name);
  }
  const forwardOnly = statement.options.includes('FORWARD_ONLY') || statement.options.includes('FAST_FORWARD');
  const scroll =
    !forwardOnly && ['SCROLL', 'STATIC', 'KEYSET', 'DYNAMIC'].some((option) => statement.options.includes(option));
  scope.set(key, { query: statement.query, scroll, rows: undefined, types: [], position: -1 });
  run.completeWithoutCount(frame);
}

export function runCursor(run: Interpreter, statement: CursorStatement, frame: ModuleFrame): void {
  const cursor = find(run, statement.name, frame);
  switch (statement.action) {
    case 'open': {
      if (cursor.rows !== undefined) throw cursorAlreadyOpen();
      const environment = run.session.environment(frame);
      const plan = compileSelect(cursor.query, environment);
      run.session.authorize(environment.accesses, frame);
      cursor.rows = [...plan.run(run.session.context(frame))];
      cursor.types = plan.columns.map((column) => column.type);
      cursor.position = -1;
      run.session.cursors.rowCount = cursor.rows.length;
      break;
    }
    case 'close':
      requireOpen(cursor);
      cursor.rows = undefined;
      break;
    case 'deallocate':
      if (!frame.cursors.delete(nameKey(statement.name))) run.session.cursors.global.delete(nameKey(statement.name));
      break;
  }
  run.completeWithoutCount(frame);
}

function requireOpen(cursor: CursorState): readonly SqlRow[] {
  if (cursor.rows === undefined) throw cursorNotOpen();
  return cursor.rows;
}

function target(cursor: CursorState, statement: FetchStatement, offset: number, count: number): number {
  switch (statement.direction) {
    case 'next':
      return cursor.position + 1;
    case 'prior':
      return cursor.position - 1;
    case 'first':
      return 0;
    case 'last':
      return count - 1;
    case 'absolute':
      return offset >= 0 ? offset - 1 : count + offset;
    case 'relative':
      return cursor.position + offset;
  }
}

/** Only rows that go to the client can have to wait. */
export function runFetch(run: Interpreter, statement: FetchStatement, frame: ModuleFrame): Promise<void> | undefined {
  const cursor = find(run, statement.name, frame);
  const rows = requireOpen(cursor);
  if (statement.direction !== 'next' && !cursor.scroll) {
    throw fetchTypeNotAllowed(statement.direction);
  }
  let offset = 0;
  if (statement.offset !== undefined) {
    const { type, value } = run.session.scalar(statement.offset, frame);
    offset = Number(convertValue(value, type, { name: 'int' }, { explicit: false }) ?? 0);
  }
  cursor.position = Math.min(Math.max(target(cursor, statement, offset, rows.length), -1), rows.length);
  const row = rows[cursor.position];
  run.session.cursors.fetchStatus = row === undefined ? -1 : 0;
  run.session.statement.rowCount = row === undefined ? 0n : 1n;
  if (statement.into.length === 0) return sendRow(run, cursor, row, frame);
  if (statement.into.length !== cursor.types.length) {
    throw fetchVariablesDiffer();
  }
  if (row === undefined) {
    run.completeWithoutCount(frame);
    return undefined;
  }
  for (const [index, name] of statement.into.entries()) {
    const variable = frame.variable(name);
    const type = cursor.types[index];
    if (variable === undefined || type === undefined) {
      throw undeclaredTargetVariable(name);
    }
    variable.value = convertValue(row[index] ?? null, type, variable.type, {
      explicit: false,
      dates: run.session.options.dates,
    });
  }
  run.completeWithoutCount(frame);
  return undefined;
}

async function sendRow(
  run: Interpreter,
  cursor: CursorState,
  row: SqlRow | undefined,
  frame: ModuleFrame,
): Promise<void> {
  const plan = compileSelect(cursor.query, run.session.environment(frame));
  await sendRows(run, plan.columns, row === undefined ? [] : [row]);
  run.complete({ command: 'select', rowCount: row === undefined ? 0 : 1 }, frame);
}

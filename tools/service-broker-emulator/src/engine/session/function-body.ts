import { SqlError } from '../../errors.ts';
import type { DataStatement } from '../../tsql/ast/data.ts';
import type { SelectStatement } from '../../tsql/ast/queries.ts';
import type { Statement } from '../../tsql/ast/statements.ts';
import { unsupported } from '../../unsupported.ts';
import { compileData, compileSelect } from '../query/compile-statement.ts';
import { convertValue } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { functionWithoutReturn, nestedTooDeeply, selectInFunction, sideEffect } from './errors.ts';
import type { Flow } from './flow.ts';
import type { ModuleFrame } from './module-frame.ts';
import { maximumNestLevel } from './nest-level.ts';
import type { SessionCore } from './session-core.ts';
import { runDeclare, runSetVariable } from './statements/variables.ts';

/** What a statement of a function needs to run: a function sends nothing and waits for nothing. */
interface FunctionRun {
  readonly session: SessionCore;
  readonly frame: ModuleFrame;
  readonly returns: SqlType | undefined;
  result: SqlValue;
}

/**
 * Checks a function's body when it is made.
 *
 * @throws {SqlError} 443 for a statement with side effects, 444 for SELECT to the client, 455 without a final RETURN
 */
export function checkFunctionBody(body: readonly Statement[]): void {
  checkStatements(body);
  const last = body.at(-1);
  if (last?.kind !== 'return') {
    throw functionWithoutReturn(last?.line ?? 1);
  }
}

function checkStatements(statements: readonly Statement[]): void {
  for (const statement of statements) checkStatement(statement);
}

function checkStatement(statement: Statement): void {
  const { line } = statement;
  switch (statement.kind) {
    case 'declare':
    case 'declareTable':
    case 'setVariable':
    case 'return':
    case 'break':
    case 'continue':
      return;
    case 'if':
      checkStatements(statement.otherwise === undefined ? [statement.then] : [statement.then, statement.otherwise]);
      return;
    case 'while':
      checkStatement(statement.body);
      return;
    case 'block':
      checkStatements(statement.statements);
      return;
    case 'select': {
      const { query } = statement;
      const assigns = query.kind === 'specification' && query.items.some((item) => item.kind === 'assignment');
      if (!assigns) {
        throw selectInFunction(line);
      }
      return;
    }
    case 'insert':
    case 'update':
    case 'delete': {
      const names = new Set(
        statement.kind === 'insert'
          ? []
          : statement.from.flatMap((source) => (source.kind === 'tableVariable' ? [source.alias ?? source.name] : [])),
      );
      const { target } = statement;
      const own = target.kind === 'tableVariable' || (target.name.schema === undefined && names.has(target.name.name));
      if (!own || (statement.kind === 'insert' && statement.source.kind === 'execute'))
        throw sideEffect(statement.kind.toUpperCase(), line);
      return;
    }
    case 'declareCursor':
    case 'cursor':
    case 'fetch':
    case 'merge':
    case 'goto':
    case 'label':
      throw unsupported(`${names[statement.kind]} in functions`, line);
    default:
      throw sideEffect(names[statement.kind] ?? statement.kind.toUpperCase(), line);
  }
}

/** How errors name statements whose kind is not their first word. */
const names: Readonly<Partial<Record<Statement['kind'], string>>> = {
  declareCursor: 'DECLARE CURSOR',
  cursor: 'cursors',
  fetch: 'FETCH',
  merge: 'MERGE',
  goto: 'GOTO',
  label: 'GOTO',
  tryCatch: 'BEGIN TRY',
  execute: 'EXECUTE STRING',
  transaction: 'BEGIN TRANSACTION',
  setOption: 'SET OPTION ON',
  waitFor: 'WAITFOR',
  alterIndex: 'ALTER INDEX',
  transfer: 'ALTER SCHEMA',
  updateStatistics: 'UPDATE STATISTICS',
};

/**
 * Runs the body of a user-defined function to its RETURN. Functions run synchronously, inside the statement that calls
 * them: they only change variables of their own, so there is nothing to wait for and nothing to take back.
 *
 * @param returns the type of a scalar function's value; absent for a function that returns a table
 * @throws {SqlError} 217 when functions are nested too deeply, and whatever a statement of the body fails with
 */
export function runFunctionBody(
  session: SessionCore,
  body: readonly Statement[],
  frame: ModuleFrame,
  returns: SqlType | undefined,
): SqlValue {
  if (frame.nestLevel > maximumNestLevel) {
    throw nestedTooDeeply(maximumNestLevel);
  }
  const run: FunctionRun = { session, frame, returns, result: null };
  runStatements(run, body);
  return run.result;
}

function runStatements(run: FunctionRun, statements: readonly Statement[]): Flow {
  for (const statement of statements) {
    const flow = runStatement(run, statement);
    if (flow !== 'next') return flow;
  }
  return 'next';
}

function runStatement(run: FunctionRun, statement: Statement): Flow {
  try {
    return runUnlocated(run, statement);
  } catch (error) {
    if (error instanceof SqlError) {
      if (error.line === 0) error.line = statement.line;
      if (error.procedure === '') error.procedure = run.frame.procedure;
    }
    throw error;
  }
}

function runUnlocated(run: FunctionRun, statement: Statement): Flow {
  const { session, frame } = run;
  switch (statement.kind) {
    case 'declareTable':
      return 'next';
    case 'declare':
      runDeclare(run, statement, frame);
      return 'next';
    case 'setVariable':
      runSetVariable(run, statement, frame);
      return 'next';
    case 'break':
    case 'continue':
      return statement.kind;
    case 'block':
      return runStatements(run, statement.statements);
    case 'if': {
      if (session.condition(statement.condition, frame)) return runStatement(run, statement.then);
      return statement.otherwise === undefined ? 'next' : runStatement(run, statement.otherwise);
    }
    case 'while':
      while (session.condition(statement.condition, frame)) {
        const flow = runStatement(run, statement.body);
        if (flow === 'break') break;
        if (flow === 'return') return flow;
      }
      return 'next';
    case 'return':
      if (statement.value !== undefined && run.returns !== undefined) {
        const { type, value } = session.scalar(statement.value, frame);
        run.result = convertValue(value, type, run.returns, { explicit: false, dates: session.options.dates });
      }
      return 'return';
    case 'select':
      runAssignment(run, statement);
      return 'next';
    case 'insert':
    case 'update':
    case 'delete':
      runChange(run, statement);
      return 'next';
    default:
      throw sideEffect(statement.kind.toUpperCase(), statement.line);
  }
}

function runAssignment({ session, frame }: FunctionRun, statement: SelectStatement): void {
  const plan = session.plan(statement, frame, (environment) => compileSelect(statement, environment));
  session.statement.rowCount = BigInt(plan.run(session.context(frame)).length);
}

function runChange({ session, frame }: FunctionRun, statement: DataStatement): void {
  const plan = session.plan(statement, frame, (environment) => compileData(statement, environment));
  session.statement.rowCount = BigInt(plan.run(session.context(frame)).rowCount);
}

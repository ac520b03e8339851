import type { DataStatement, InsertStatement } from '../../../tsql/ast/data-statements.ts';
import type { QueryExpression, SelectStatement } from '../../../tsql/ast/queries.ts';
import { type CompiledData, type CompiledSelect, compileData, compileSelect } from '../../query/compile-statement.ts';
import { intoTarget } from '../../query/into-target.ts';
import type { CompletedCommand, ResultColumn } from '../../session-contract.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import type { Interpreter } from '../interpreter.ts';
import { andThen, type MaybePromise } from '../maybe-promise.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { cutToTextSize } from '../text-size.ts';
import { captureExecute } from './insert-execute.ts';
import { createSelectIntoTable } from './select-into.ts';
import { runTriggers } from './triggers.ts';

const commands: Record<DataStatement['kind'], CompletedCommand> = {
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  merge: 'merge',
  truncate: 'other',
};

/** How many rows are written before the receiver is asked whether it keeps up. */
const rowsBetweenDrainChecks = 256;

/** Sends a result set; waits when the receiver falls behind. */
export function sendRows(
  run: Interpreter,
  columns: readonly ResultColumn[],
  rows: readonly SqlRow[],
): MaybePromise<void> {
  run.sink.columns(columns);
  return rows.length < rowsBetweenDrainChecks ? sendFew(run, rows) : sendMany(run, rows);
}

function sendFew(run: Interpreter, rows: readonly SqlRow[]): void {
  for (const row of rows) run.sink.row(row);
}

async function sendMany(run: Interpreter, rows: readonly SqlRow[]): Promise<void> {
  let sent = 0;
  for (const row of rows) {
    run.sink.row(row);
    sent += 1;
    if (sent % rowsBetweenDrainChecks === 0) {
      const drained = run.sink.drained();
      if (drained !== undefined) await drained;
      if (run.signal.aborted) throw run.signal.reason;
    }
  }
}

function collect(plan: CompiledSelect, run: Interpreter, frame: ModuleFrame): readonly SqlRow[] {
  const { options } = run.session;
  if (options.formatOnly) return [];
  const context = run.session.context(frame);
  if (options.rowCount === 0) return plan.run(context);
  const rows: SqlRow[] = [];
  plan.scan(context, (row) => {
    rows.push(row);
    return rows.length < options.rowCount;
  });
  return rows;
}

/** SELECT without FROM begins no implicit transaction. */
function readsTables(query: QueryExpression): boolean {
  if (query.kind === 'set') return readsTables(query.left) || readsTables(query.right);
  return query.from.length > 0;
}

export function runSelect(run: Interpreter, statement: SelectStatement, frame: ModuleFrame): MaybePromise<void> {
  const into = intoTarget(statement.query);
  if (into !== undefined) {
    const rowCount = createSelectIntoTable(run, statement, into, frame);
    run.session.rowCount = BigInt(rowCount);
    run.complete({ command: 'select', rowCount }, frame);
    return;
  }
  if (run.session.options.implicitTransactions && readsTables(statement.query)) run.session.transactionForWriting();
  const plan = run.session.plan(statement, frame, (environment) => compileSelect(statement, environment));
  if (plan.assigns) {
    const count = collect(plan, run, frame).length;
    run.session.rowCount = BigInt(count);
    if (frame.nestLevel === 0 && !run.inProcedure) run.complete({ command: 'select', rowCount: count }, frame);
    return;
  }
  const rows = cutToTextSize(collect(plan, run, frame), plan.columns, run.session.options.textSize);
  run.session.rowCount = BigInt(rows.length);
  return andThen(sendRows(run, plan.columns, rows), () =>
    run.complete({ command: 'select', rowCount: rows.length }, frame),
  );
}

function insertsFromExecute(statement: DataStatement): statement is InsertStatement & { source: { kind: 'execute' } } {
  return statement.kind === 'insert' && statement.source.kind === 'execute';
}

/** Runs one compiled change: its OUTPUT rows to the client, then its triggers. Gives the number of rows. */
function runChange(run: Interpreter, plan: CompiledData, frame: ModuleFrame): MaybePromise<number> {
  const result = plan.run(run.session.context(frame));
  const sent = result.output === undefined ? undefined : sendRows(run, result.output.columns, result.output.rows);
  const { changes } = result;
  if (changes === undefined || changes.length === 0) return andThen(sent, () => result.rowCount);
  return andThen(
    andThen(sent, () => runTriggers(run, { changes, rowCount: result.rowCount }, frame)),
    () => result.rowCount,
  );
}

async function runInsertExecute(
  run: Interpreter,
  statement: InsertStatement & { source: { kind: 'execute' } },
  frame: ModuleFrame,
): Promise<number> {
  let rowCount = 0;
  for (const insert of await captureExecute(run, statement, frame)) {
    const plan = compileData(insert.statement, insert.environment);
    run.session.authorize(insert.environment.accesses, frame);
    rowCount += await runChange(run, plan, frame);
  }
  return rowCount;
}

export function runData(run: Interpreter, statement: DataStatement, frame: ModuleFrame): MaybePromise<void> {
  if (run.session.options.formatOnly) return;
  const changed = insertsFromExecute(statement)
    ? runInsertExecute(run, statement, frame)
    : runChange(
        run,
        run.session.plan(statement, frame, (environment) => compileData(statement, environment)),
        frame,
      );
  return andThen(changed, (rowCount) => {
    run.session.rowCount = BigInt(rowCount);
    run.complete(
      statement.kind === 'truncate' ? { command: 'other' } : { command: commands[statement.kind], rowCount },
      frame,
    );
  });
}

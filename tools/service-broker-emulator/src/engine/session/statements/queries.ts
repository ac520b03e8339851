import type { QueryExpression, SelectStatement } from '../../../tsql/ast/queries.ts';
import { type CompiledSelect, compileSelect } from '../../query/compile-statement.ts';
import { intoTarget } from '../../query/into-target.ts';
import type { ResultColumn } from '../../session-contract.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import type { Interpreter } from '../interpreter.ts';
import { andThen, type MaybePromise } from '../maybe-promise.ts';
import type { ModuleFrame } from '../module-frame.ts';
import type { SessionCore } from '../session-core.ts';
import { textCutter } from '../text-size.ts';
import { createSelectIntoTable } from './select-into.ts';

/** How many rows are written before the receiver is asked whether it keeps up. */
const rowsBetweenDrainChecks = 256;

/** Sends a result set; waits when the receiver falls behind. */
export function sendRows(
  run: Interpreter,
  columns: readonly ResultColumn[],
  rows: readonly SqlRow[],
  order?: readonly number[],
): MaybePromise<void> {
  run.sink.columns(columns, order);
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

/** Rows that are held back at first: an error among them leaves no half result set behind. */
const rowsHeld = 256;

/** Hands the rows on as they come, so that no more than the first ones are ever held. Gives their number. */
function streamRows(plan: CompiledSelect, run: Interpreter, frame: ModuleFrame): number {
  const { options } = run.session;
  const held: SqlRow[] = [];
  let count = 0;
  const cut = textCutter(plan.columns, options.textSize);
  const send = (row: SqlRow): void => run.sink.row(cut === undefined ? row : cut(row));
  if (!options.formatOnly) {
    plan.scan(run.session.context(frame), (row) => {
      count += 1;
      if (count > rowsHeld) {
        send(row);
      } else {
        held.push(row);
        if (count === rowsHeld) {
          run.sink.columns(plan.columns, plan.order);
          held.forEach(send);
        }
      }
      return count !== options.rowCount;
    });
  }
  if (count < rowsHeld) {
    run.sink.columns(plan.columns, plan.order);
    held.forEach(send);
  }
  return count;
}

/** Waits for a reader that is behind before the next statement runs. */
async function keepUp(run: Interpreter): Promise<void> {
  const drained = run.sink.drained();
  if (drained !== undefined) await drained;
  if (run.signal.aborted) throw run.signal.reason;
}

/** Whether another transaction is open, whose locks a read may meet: nothing else runs while a statement reads. */
function mayMeetLocks({ server, transactions }: SessionCore): boolean {
  for (const open of server.transactions.open()) if (open !== transactions.current) return true;
  return false;
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
    run.session.statement.rowCount = BigInt(rowCount);
    run.complete({ command: 'select', rowCount }, frame);
    return;
  }
  if (run.session.options.implicitTransactions && readsTables(statement.query)) run.session.transactionForWriting();
  const plan = run.session.plan(statement, frame, (environment) => compileSelect(statement, environment));
  if (plan.assigns) {
    const count = collect(plan, run, frame).length;
    run.session.statement.rowCount = BigInt(count);
    if (frame.nestLevel === 0 && !run.inProcedure) run.complete({ command: 'select', rowCount: count }, frame);
    return;
  }
  const done = (rowCount: number): void => {
    run.session.statement.rowCount = BigInt(rowCount);
    run.complete({ command: 'select', rowCount }, frame);
  };
  // A statement that meets a lock is taken back and runs again, so its rows must not have left before.
  if (mayMeetLocks(run.session)) {
    const cut = textCutter(plan.columns, run.session.options.textSize);
    const collected = collect(plan, run, frame);
    const rows = cut === undefined ? collected : collected.map(cut);
    return andThen(sendRows(run, plan.columns, rows, plan.order), () => done(rows.length));
  }
  const rowCount = streamRows(plan, run, frame);
  return rowCount < rowsHeld ? done(rowCount) : andThen(keepUp(run), () => done(rowCount));
}

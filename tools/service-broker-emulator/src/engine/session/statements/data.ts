import type { DataStatement, InsertStatement } from '../../../tsql/ast/data.ts';
import { type CompiledData, compileData } from '../../query/compile-statement.ts';
import type { CompletedCommand } from '../../session-contract.ts';
import type { Interpreter } from '../interpreter.ts';
import { andThen, type MaybePromise } from '../maybe-promise.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { captureExecute } from './insert-execute.ts';
import { sendRows } from './queries.ts';
import { runTriggers } from './triggers.ts';

const commands: Record<DataStatement['kind'], CompletedCommand> = {
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  merge: 'merge',
  truncate: 'other',
};

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
    run.session.statement.rowCount = BigInt(rowCount);
    run.complete(
      statement.kind === 'truncate' ? { command: 'other' } : { command: commands[statement.kind], rowCount },
      frame,
    );
  });
}

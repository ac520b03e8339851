import type { TransactionStatement } from '../../../tsql/ast/transactions.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import type { SessionCore } from '../session-core.ts';
import {
  doomedBeyondSavepoint,
  nothingToRollBack,
  rollbackInInsertExecute,
  savepointNotFound,
  saveSyntax,
} from './errors/execution-errors.ts';

/** SET CURSOR_CLOSE_ON_COMMIT ON: the end of a transaction closes the cursors that are open. */
function closeCursors(session: SessionCore, innermost: ModuleFrame): void {
  for (const cursor of session.cursors.global.values()) cursor.rows = undefined;
  for (let frame: ModuleFrame | undefined = innermost; frame !== undefined; frame = frame.outer) {
    for (const cursor of frame.cursors.values()) cursor.rows = undefined;
  }
}

function nameOf(run: Interpreter, statement: TransactionStatement, frame: ModuleFrame): string | undefined {
  if (statement.name === undefined || typeof statement.name === 'string') return statement.name;
  const { value } = run.session.scalar(statement.name, frame);
  return typeof value === 'string' ? value : undefined;
}

export function runTransaction(run: Interpreter, statement: TransactionStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { transactions } = session;
  const name = nameOf(run, statement, frame);
  switch (statement.action) {
    case 'begin':
      transactions.begin(run.sink, name);
      break;
    case 'commit':
      transactions.commit(run.sink);
      break;
    case 'save':
      if (name === undefined) throw saveSyntax();
      transactions.save(name);
      break;
    case 'rollback':
      rollback(run, name);
      break;
  }
  session.statement.error = 0;
  if (session.options.cursorCloseOnCommit && session.transactions.count === 0) closeCursors(session, frame);
}

function rollback(run: Interpreter, name: string | undefined): void {
  const { session } = run;
  if (run.capturing) {
    throw rollbackInInsertExecute();
  }
  const { explicit } = session.transactions;
  if (name !== undefined && explicit !== undefined) {
    if (explicit.doomed) {
      throw doomedBeyondSavepoint();
    }
    if (explicit.rollbackToSavepoint(name)) return;
    if (session.transactions.name !== name) {
      throw savepointNotFound(name);
    }
  }
  if (!session.transactions.rollback(run.sink)) {
    throw nothingToRollBack();
  }
}

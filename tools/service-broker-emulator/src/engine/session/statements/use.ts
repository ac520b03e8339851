import type { Statement } from '../../../tsql/ast/statements.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';

export function runUse(run: Interpreter, statement: Extract<Statement, { kind: 'use' }>, frame: ModuleFrame): void {
  const { session } = run;
  const database = session.server.databases.require(statement.database);
  const before = session.database;
  session.database = database;
  run.sink.environment({ kind: 'database', newValue: database.name, oldValue: before.name });
  run.sink.info({
    number: 5701,
    state: 1,
    severity: 0,
    text: `Changed database context to '${database.name}'.`,
    procedure: frame.procedure,
    line: statement.line,
  });
}

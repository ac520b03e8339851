import type { CreateSchemaStatement } from '../../../tsql/ast/schemas.ts';
import type { Interpreter } from '../interpreter.ts';

export function runCreateSchema(run: Interpreter, statement: CreateSchemaStatement): void {
  const { session } = run;
  const owner =
    statement.owner === undefined ? session.userName : session.database.principals.require(statement.owner).name;
  session.database.catalog.addSchema(session.transactionForWriting(), statement.name, owner);
}

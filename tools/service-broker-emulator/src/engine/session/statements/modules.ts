import { SqlError } from '../../../errors.ts';
import type {
  CreateFunctionStatement,
  CreateProcedureStatement,
  CreateTriggerStatement,
  CreateViewStatement,
} from '../../../tsql/ast/schema-statements.ts';
import { unsupported } from '../../../unsupported.ts';
import type { ModuleObject } from '../../catalog/catalog-object.ts';
import { checkViewQuery } from '../../query/compile-statement.ts';
import { checkFunctionBody } from '../function-body.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, printName } from '../name-resolution.ts';
import { declarationsOf } from '../procedure-call.ts';

type ModuleStatement =
  | CreateProcedureStatement
  | CreateFunctionStatement
  | CreateViewStatement
  | CreateTriggerStatement;

function typeCodeOf(statement: ModuleStatement): ModuleObject['typeCode'] {
  switch (statement.kind) {
    case 'createProcedure':
      return 'P';
    case 'createView':
      return 'V';
    case 'createTrigger':
      return 'TR';
    case 'createFunction':
      return statement.returns.kind === 'scalar' ? 'FN' : statement.returns.kind === 'inlineTable' ? 'IF' : 'TF';
  }
}

const kinds: Record<ModuleStatement['kind'], ModuleObject['kind']> = {
  createProcedure: 'procedure',
  createFunction: 'function',
  createView: 'view',
  createTrigger: 'trigger',
};

/** What SQL Server checks when a module is made: duplicate variables and unknown types, and the tables of a view. */
function check(run: Interpreter, statement: ModuleStatement, schema: string): void {
  if (statement.kind === 'createProcedure') declarationsOf(run.session, statement.parameters, statement.body, schema);
  if (statement.kind === 'createView') {
    const { query, columns, name } = statement;
    checkViewQuery(query, columns, name.name, run.session.environment(undefined));
  }
  if (statement.kind === 'createTrigger' && statement.timing === 'insteadOf')
    throw unsupported('INSTEAD OF triggers', statement.line);
  if (statement.kind === 'createFunction' && statement.returns.kind !== 'inlineTable') {
    declarationsOf(run.session, statement.parameters, statement.returns.body, schema);
    checkFunctionBody(statement.returns.body);
  }
}

function triggerParent(
  run: Interpreter,
  statement: CreateTriggerStatement,
  schema: string,
): { schema: string; name: string } {
  const object = findObject(statement.table, run.session.database, schema);
  if (object?.kind !== 'table') {
    throw new SqlError(`The object '${printName(statement.table)}' does not exist or is invalid for this operation.`, {
      number: 8197,
      state: 4,
    });
  }
  return { schema: object.schema, name: object.name };
}

export function runModuleStatement(run: Interpreter, statement: ModuleStatement, frame: ModuleFrame): void {
  const { session } = run;
  const database = databaseOf(statement.name, session.database, session.server.databases);
  const schema = session.targetSchema(statement.name, frame);
  check(run, statement, schema);
  const parent = statement.kind === 'createTrigger' ? triggerParent(run, statement, schema) : undefined;
  const before = database.catalog.find(schema, statement.name.name);
  const kind = kinds[statement.kind];
  const now = Date.now();
  const transaction = session.transactionForWriting();
  if (before === undefined) {
    if (statement.mode === 'alter') {
      throw new SqlError(`Invalid object name '${printName(statement.name)}'.`, { number: 208, state: 6 });
    }
    database.catalog.add(transaction, {
      kind,
      objectId: database.nextObjectId(),
      schema: database.catalog.requireSchema(schema).name,
      name: statement.name.name,
      createdAt: now,
      modifiedAt: now,
      text: statement.text,
      typeCode: typeCodeOf(statement),
      enabled: true,
      createdBy: session.userName,
      ...(parent === undefined ? {} : { parent }),
    });
    return;
  }
  if (statement.mode === 'create') {
    throw new SqlError(`There is already an object named '${statement.name.name}' in the database.`, {
      number: 2714,
      state: 3,
      procedure: statement.name.name,
    });
  }
  if (before.kind !== kind) {
    throw new SqlError(
      `Cannot perform alter on '${printName(statement.name)}' because it is an incompatible object type.`,
      { number: 2010 },
    );
  }
  database.catalog.replace(transaction, before, {
    ...before,
    text: statement.text,
    typeCode: typeCodeOf(statement),
    modifiedAt: now,
  });
}

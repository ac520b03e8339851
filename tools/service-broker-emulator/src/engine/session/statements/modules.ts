import type {
  CreateFunctionStatement,
  CreateProcedureStatement,
  CreateTriggerStatement,
  CreateViewStatement,
  ParameterDefinition,
} from '../../../tsql/ast/modules.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import type { ModuleObject } from '../../catalog/catalog-object.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { checkFunctionQuery, checkViewQuery } from '../../query/compile-statement.ts';
import { objectSecurable } from '../../security/securables.ts';
import { objectColumns } from '../../system-views/relation-columns.ts';
import { compileModule } from '../compile-module.ts';
import { moduleNameTaken, temporaryModule } from '../errors.ts';
import { checkFunctionBody } from '../function-body.ts';
import type { Interpreter } from '../interpreter.ts';
import { ModuleFrame } from '../module-frame.ts';
import { buildModuleTable } from '../module-tables.ts';
import { findObject, printName } from '../name-resolution.ts';
import { declarationsOf } from '../procedure-call.ts';
import { checkInsteadOf, type TriggerParent, triggerColumns } from '../trigger-parent.ts';
import { invalidTriggerTarget, moduleNotFound, triggerElsewhere, wrongModuleKind } from './errors/definition-errors.ts';
import { triggerRowsOf } from './triggers.ts';

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

/** Checks a module when it is made: SQL Server compiles its body, except for statements over tables that aren't there yet. */
function check(run: Interpreter, statement: ModuleStatement, schema: string): void {
  switch (statement.kind) {
    case 'createProcedure':
      compileBody(run, statement, { schema, parameters: statement.parameters, body: statement.body });
      return;
    case 'createView': {
      const { query, columns, name } = statement;
      checkViewQuery(query, columns, name.name, run.session.environment(undefined));
      return;
    }
    case 'createTrigger': {
      const parent = triggerParent(run, statement, schema);
      const definition = triggerColumns(run, parent);
      const instead = statement.timing === 'insteadOf';
      if (instead) checkInsteadOf(run, statement, parent, schema);
      compileBody(run, statement, { schema, parameters: [], body: statement.body }, (frame) => {
        frame.triggerRows = triggerRowsOf(run, { definition, inserted: [], deleted: [], updatedColumns: [], instead });
      });
      return;
    }
    case 'createFunction':
      checkFunction(run, statement, schema);
  }
}

function checkFunction(run: Interpreter, statement: CreateFunctionStatement, schema: string): void {
  const { parameters, returns } = statement;
  if (returns.kind === 'inlineTable') {
    const frame = frameOf(run, statement, { schema, parameters, body: [] });
    checkFunctionQuery(returns.query, statement.name.name, run.session.environment(frame));
    return;
  }
  compileBody(run, statement, { schema, parameters, body: returns.body }, (frame) => {
    if (returns.kind !== 'table') return;
    const definition = buildModuleTable(run.session, returns.variable, returns.table, schema);
    frame.returnedTable = { name: nameKey(returns.variable), definition };
  });
  checkFunctionBody(returns.body);
}

interface ModuleBody {
  readonly schema: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly body: readonly Statement[];
}

function frameOf(run: Interpreter, statement: ModuleStatement, { schema, parameters, body }: ModuleBody): ModuleFrame {
  const declarations = declarationsOf(run.session, parameters, body, schema);
  return new ModuleFrame({
    procedure: statement.name.name,
    moduleId: 0,
    declarations,
    defaultSchema: schema,
    isFunction: statement.kind === 'createFunction',
  });
}

function compileBody(
  run: Interpreter,
  statement: ModuleStatement,
  module: ModuleBody,
  furnish: (frame: ModuleFrame) => void = () => {},
): void {
  const frame = frameOf(run, statement, module);
  furnish(frame);
  compileModule(run.session, module.body, frame);
}

/** What a trigger is made on: a table, or a view for INSTEAD OF. @throws {SqlError} 8197, 2108 for another database's */
function triggerParent(run: Interpreter, statement: CreateTriggerStatement, schema: string): TriggerParent {
  const { database } = statement.table;
  if (database !== undefined && nameKey(database) !== nameKey(run.session.database.name)) {
    throw triggerElsewhere(statement.mode === 'alter' ? 'alter' : 'create', printName(statement.table));
  }
  const object = findObject(statement.table, run.session.database, schema);
  const fits = object?.kind === 'table' || (object?.kind === 'view' && statement.timing === 'insteadOf');
  if (!fits) {
    throw invalidTriggerTarget(printName(statement.table));
  }
  return object;
}

export function runModuleStatement(run: Interpreter, statement: ModuleStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { database } = session;
  const schema = session.targetSchema(statement.name, frame);
  check(run, statement, schema);
  const table = statement.kind === 'createTrigger' ? triggerParent(run, statement, schema) : undefined;
  const parent = table === undefined ? undefined : { schema: table.schema, name: table.name };
  const temporary = statement.name.name.startsWith('#');
  if (temporary && statement.kind !== 'createProcedure') {
    throw temporaryModule(statement.kind, statement.name.name);
  }
  const before = temporary
    ? session.tempProcedures.find(statement.name.name)
    : database.catalog.find(schema, statement.name.name);
  const kind = kinds[statement.kind];
  const now = Date.now();
  const transaction = session.transactionForWriting();
  if (before === undefined) {
    if (statement.mode === 'alter') {
      throw moduleNotFound(printName(statement.name));
    }
    const made: ModuleObject = {
      kind,
      objectId: database.nextObjectId(),
      schema: database.catalog.requireSchema(schema).name,
      name: statement.name.name,
      createdAt: now,
      modifiedAt: now,
      text: statement.text,
      typeCode: typeCodeOf(statement),
      enabled: true,
      ...(session.options.quotedIdentifier ? {} : { quotedIdentifier: false }),
      ...(session.options.ansiNulls ? {} : { ansiNulls: false }),
      createdBy: session.userName,
      ...(parent === undefined ? {} : { parent }),
    };
    if (temporary) session.tempProcedures.add(transaction, made);
    else database.catalog.add(transaction, made);
    return;
  }
  if (statement.mode === 'create') {
    throw moduleNameTaken(statement.name.name);
  }
  if (before.kind !== kind) {
    throw wrongModuleKind(printName(statement.name));
  }
  const changed: ModuleObject = {
    ...before,
    quotedIdentifier: session.options.quotedIdentifier,
    ansiNulls: session.options.ansiNulls,
    text: statement.text,
    typeCode: typeCodeOf(statement),
    modifiedAt: now,
  };
  if (temporary) {
    session.tempProcedures.replace(transaction, changed);
    return;
  }
  database.catalog.replace(transaction, before, changed);
  // Permissions on columns stay where a column of the same name is there again.
  const [securable = ''] = objectSecurable(database, changed).path;
  if (!database.principals.hasColumnPermissions(securable)) return;
  const columns = objectColumns(changed, database, session).map((column) => nameKey(column.name));
  database.principals.forgetColumns(transaction, securable, new Set(columns));
}

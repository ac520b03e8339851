import { SqlError } from '../../errors.ts';
import type { Expression } from '../../tsql/ast/expressions.ts';
import type { Statement } from '../../tsql/ast/statements.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import { compileCondition, compileData, compileScalar, compileSelect } from '../query/compile-statement.ts';
import type { Database } from '../server/database.ts';
import { checkNames } from './check-names.ts';
import { eachStatement } from './module-declarations.ts';
import type { ModuleFrame } from './module-frame.ts';
import { ModuleEnvironment } from './query-environment.ts';
import type { SessionCore } from './session-core.ts';
import { compileBody } from './statements/conversations.ts';
import { returnValueOutsideProcedure } from './statements/errors/execution-errors.ts';
import { checkProcedureName } from './statements/execute.ts';
import { queriesOf } from './statements/receive.ts';
import { assignmentsOf } from './statements/variables.ts';
import type { TempTableLookups } from './temp-tables.ts';

/** What was found to compile: the same text need not be gone through again until something that it uses changes. */
interface Compiled {
  readonly version: number;
  readonly database: Database;
  readonly defaultSchema: string;
  readonly tempTables: TempTableLookups;
}

const compiledModules = new WeakMap<readonly Statement[], Compiled>();

/**
 * Names that may be made before the statement runs. Such a statement is compiled when its turn comes (deferred name
 * resolution): objects, functions of users, databases. Nor is it known before what SET options will be then.
 */
const deferred = new Set([208, 911, 4121, 7202, 1934]);

type Compile = (environment: ModuleEnvironment) => unknown;

/**
 * Compiles all statements of a module before the first one runs, as SQL Server does: a module with an unknown column, an
 * undeclared variable or values of the wrong number or type doesn't begin, wherever in it that is.
 *
 * @throws {SqlError} the first error found; its line is set
 */
export function compileModule(session: SessionCore, statements: readonly Statement[], frame: ModuleFrame): void {
  const known = compiledModules.get(statements);
  const { version } = session.server.clock;
  if (
    known?.version === version &&
    known.database === session.database &&
    known.defaultSchema === frame.defaultSchema &&
    session.tempTables.areStill(known.tempTables)
  ) {
    return;
  }
  try {
    checkNames(statements, frame);
    const tempTables = new ModuleCompiler(session, frame).run(statements);
    const { database } = session;
    compiledModules.set(statements, { version, database, defaultSchema: frame.defaultSchema, tempTables });
  } catch (error) {
    if (error instanceof SqlError && error.procedure === '') error.procedure = frame.procedure;
    throw error;
  }
}

class ModuleCompiler {
  readonly #session: SessionCore;
  readonly #frame: ModuleFrame;
  readonly #tempTables = new Map<string, TableDefinition | undefined>();
  /** The database that USE has changed to; undefined once it is one that isn't there yet. */
  #database: Database | undefined;

  constructor(session: SessionCore, frame: ModuleFrame) {
    this.#session = session;
    this.#frame = frame;
    this.#database = session.database;
  }

  run(statements: readonly Statement[]): TempTableLookups {
    eachStatement(statements, (statement) => {
      if (statement.kind === 'use') {
        this.#database = this.#session.server.databases.find(statement.database);
        return;
      }
      if (statement.kind === 'execute' && statement.target.kind === 'procedure') {
        checkProcedureName(statement.target.name, this.#session, this.#frame);
      }
      // Only procedures and functions have something to return to; batches and dynamic SQL have no name.
      if (statement.kind === 'return' && statement.value !== undefined && this.#frame.procedure === '') {
        throw returnValueOutsideProcedure(statement.line);
      }
      for (const { node, compile } of partsOf(statement)) this.#compile(node, compile, statement.line);
    });
    return this.#tempTables;
  }

  #compile(node: object, compile: Compile, line: number): void {
    const database = this.#database;
    if (database === undefined) return;
    let used: ModuleEnvironment | undefined;
    const ahead: Compile = (environment) => {
      used = environment;
      environment.ahead = true;
      return compile(environment);
    };
    try {
      if (database === this.#session.database) this.#session.prepare(node, this.#frame, ahead);
      else ahead(new ModuleEnvironment(this.#session, this.#frame, database, this.#frame.defaultSchema));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (error.line === 0) error.line = line;
      if (!deferred.has(error.number)) throw error;
    } finally {
      for (const [key, definition] of used?.tempTables ?? []) this.#tempTables.set(key, definition);
    }
  }
}

interface Part {
  readonly node: object;
  readonly compile: Compile;
}

function scalars(...expressions: readonly (Expression | string | undefined)[]): readonly Part[] {
  return expressions.flatMap((node) =>
    typeof node !== 'object' ? [] : [{ node, compile: (environment) => compileScalar(node, environment) }],
  );
}

/** What there is to compile in a statement itself, without the statements inside it. */
function partsOf(statement: Statement): readonly Part[] {
  switch (statement.kind) {
    case 'select':
      return [{ node: statement, compile: (environment) => compileSelect(statement, environment) }];
    case 'insert':
      if (statement.source.kind === 'execute') return [];
      return [{ node: statement, compile: (environment) => compileData(statement, environment) }];
    case 'update':
    case 'delete':
    case 'merge':
      return [{ node: statement, compile: (environment) => compileData(statement, environment) }];
    case 'declare':
    case 'setVariable':
      return assignmentsOf(statement);
    case 'if':
    case 'while': {
      const { condition } = statement;
      return [{ node: condition, compile: (environment) => compileCondition(condition, environment) }];
    }
    case 'return':
    case 'print':
      return scalars(statement.value);
    case 'raiserror':
      return scalars(statement.message, statement.severity, statement.state, ...statement.arguments);
    case 'throw':
      return scalars(statement.error?.number, statement.error?.message, statement.error?.state);
    case 'declareCursor': {
      const { query } = statement;
      return [{ node: query, compile: (environment) => compileSelect(query, environment) }];
    }
    case 'receive':
      return queriesOf(statement);
    case 'waitFor':
      return statement.wait.kind === 'statement' && statement.wait.statement.kind === 'receive'
        ? queriesOf(statement.wait.statement)
        : [];
    case 'send': {
      const { body, handles } = statement;
      if (body === undefined) return scalars(...handles);
      return [...scalars(...handles), { node: body, compile: (environment) => compileBody(body, environment) }];
    }
    case 'endConversation':
      return scalars(statement.handle, statement.error?.code, statement.error?.description);
    default:
      return [];
  }
}

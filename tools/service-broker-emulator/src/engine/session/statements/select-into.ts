import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import type { SelectStatement } from '../../../tsql/ast/queries.ts';
import { unsupported } from '../../../unsupported.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import { compileSelect } from '../../query/compile-statement.ts';
import { MemoryTable } from '../../storage/memory-table.ts';
import type { TableStore } from '../../storage/table-store.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import { isPadded } from '../../types/type-info.ts';
import { requireSchema, requireStatement } from '../definition-permissions.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf } from '../name-resolution.ts';
import { unnamedIntoColumn } from './errors/definition-errors.ts';

/**
 * SELECT ... INTO: makes the table from the query's columns and fills it. Gives the number of rows.
 *
 * @throws {SqlError} 1038 for a column without a name, 2714 when the table exists
 */
export function createSelectIntoTable(
  run: Interpreter,
  statement: SelectStatement,
  into: ObjectName,
  frame: ModuleFrame,
): number {
  const { session } = run;
  const environment = session.environment(frame);
  const plan = compileSelect(statement, environment);
  session.authorize(environment.accesses, frame);
  const temporary = into.name.startsWith('#');
  const database = databaseOf(into, session.database, session.server.databases);
  if (!temporary) {
    requireStatement(session, 'CREATE TABLE', database);
    requireSchema(session, into, frame, database);
  }
  const schema = temporary ? 'dbo' : session.targetSchema(into, frame);
  const columns = plan.columns.map((column) => {
    if (column.name === '') {
      throw unnamedIntoColumn();
    }
    const { collationFrom: _from, ...type } = column.type;
    if (!session.options.ansiPadding && isPadded(type)) {
      unsupported(`columns of ${type.name} made under SET ANSI_PADDING OFF`, into.line);
    }
    return { name: column.name, type, nullable: column.nullable };
  });
  const definition: TableDefinition = { schema, name: into.name, columns, indexes: [], checks: [], foreignKeys: [] };
  const context = session.context(frame);
  const rows: SqlRow[] = [];
  plan.scan(context, (row) => {
    rows.push(row);
    return rows.length !== context.rowLimit;
  });
  const transaction = session.transactionForWriting();
  let store: TableStore;
  if (temporary) {
    const table = new MemoryTable({ definition, transactional: true });
    store = table;
    session.tempTables.add(into.name, table);
    transaction.record(() => session.tempTables.drop(into.name));
    if (frame.nestLevel > 0) frame.addTempTable(into.name);
  } else {
    store = database.createTable(transaction, definition).store;
  }
  for (const row of rows) store.insert(transaction, row);
  return rows.length;
}

import type { CreateIndexStatement, DropIndexStatement } from '../../../tsql/ast/indexes.ts';
import { extendTableDefinition } from '../../catalog/build-table-definition.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { hasIndexOfSettings, requireSettings } from '../../query/required-settings.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { tableStatementContext } from '../module-tables.ts';
import { settingsOf } from '../statement-settings.ts';
import { cannotDropIndex, indexExists, indexOfConstraint } from './errors/definition-errors.ts';
import { rebuild, requireTable } from './tables.ts';

export function runCreateIndex(run: Interpreter, statement: CreateIndexStatement, frame: ModuleFrame): void {
  const table = requireTable(run, statement.table, frame);
  const { index } = statement;
  if (table.definition.indexes.some((known) => nameKey(known.name) === nameKey(index.name))) {
    throw indexExists(index.name, table.schema, table.name);
  }
  const context = tableStatementContext(run.session, table.database, table.schema);
  const definition = extendTableDefinition(
    table.definition,
    { columns: [], constraints: [], indexes: [index] },
    context,
  );
  const [added] = definition.indexes.slice(-1);
  if (added !== undefined && hasIndexOfSettings({ ...definition, indexes: [added] })) {
    requireSettings(settingsOf(run.session.options, frame.settings), 'CREATE INDEX');
  }
  rebuild(run, table, definition, (row) => row);
}

export function runDropIndex(run: Interpreter, statement: DropIndexStatement, frame: ModuleFrame): void {
  for (const { name, table: tableName } of statement.indexes) {
    const table = requireTable(run, tableName, frame);
    const index = table.definition.indexes.find((known) => nameKey(known.name) === nameKey(name));
    if (index === undefined) {
      if (statement.ifExists) continue;
      throw cannotDropIndex(table.schema, table.name, name);
    }
    if (index.kind === 'primaryKey' || index.kind === 'uniqueConstraint') {
      throw indexOfConstraint(table.schema, table.name, name);
    }
    rebuild(
      run,
      table,
      { ...table.definition, indexes: table.definition.indexes.filter((known) => known !== index) },
      (row) => row,
    );
  }
}

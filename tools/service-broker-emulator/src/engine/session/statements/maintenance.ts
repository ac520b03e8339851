import type { AlterIndexStatement, UpdateStatisticsStatement } from '../../../tsql/ast/maintenance.ts';
import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import { nameKey } from '../../catalog/name-key.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import { objectNotFound } from '../errors.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, printName } from '../name-resolution.ts';
import { indexNotFound, statisticsNotFound, tableOfStatisticsNotFound } from './errors/definition-errors.ts';
import { rebuild, requireTable } from './tables.ts';

function hasTable({ session }: Interpreter, name: ObjectName, frame: ModuleFrame): boolean {
  if (name.name.startsWith('#')) return session.tempTables.find(name.name) !== undefined;
  const database = databaseOf(name, session.database, session.server.databases);
  return findObject(name, database, frame.defaultSchema)?.kind === 'table';
}

function hasIndex({ indexes }: TableDefinition, name: string): boolean {
  return indexes.some((index) => nameKey(index.name) === nameKey(name));
}

/**
 * ALTER INDEX. Indexes here neither wear out nor have options of storage; REBUILD keeps others away as it does on the server.
 *
 * @throws {SqlError} 1088, 2727
 */
export function runAlterIndex(run: Interpreter, statement: AlterIndexStatement, frame: ModuleFrame): void {
  const { table: name, index, work } = statement;
  if (!hasTable(run, name, frame)) throw objectNotFound(printName(name), 1088);
  const table = requireTable(run, name, frame);
  if (index !== undefined && !hasIndex(table.definition, index)) throw indexNotFound(index);
  if (work === 'rebuild') rebuild(run, table, table.definition, (row) => row);
}

/** UPDATE STATISTICS: sizes are true here at any time. @throws {SqlError} 2706, 2767 */
export function runUpdateStatistics(run: Interpreter, statement: UpdateStatisticsStatement, frame: ModuleFrame): void {
  const { table: name, statistics } = statement;
  const { session } = run;
  if (hasTable(run, name, frame)) {
    const { definition } = requireTable(run, name, frame);
    const unknown = statistics.find((statistic) => !hasIndex(definition, statistic));
    if (unknown !== undefined) throw statisticsNotFound(unknown);
    return;
  }
  const database = databaseOf(name, session.database, session.server.databases);
  if (findObject(name, database, frame.defaultSchema)?.kind !== 'view') throw tableOfStatisticsNotFound(name.name);
  const [first] = statistics;
  if (first !== undefined) throw statisticsNotFound(first);
}

import type { InsertStatement } from '../../tsql/ast/data.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import { compileData } from '../query/compile-statement.ts';
import type { ResultColumn } from '../session-contract.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { atomically } from './atomic-work.ts';
import { checkSorted } from './bulk-order.ts';
import { bulkWithoutStatement } from './errors.ts';
import type { Interpreter } from './interpreter.ts';
import { ModuleFrame } from './module-frame.ts';
import { runTriggers } from './statements/triggers.ts';

/** Name of the table that holds the rows as they came; no T-SQL text can name it. */
const arrivedTable = '@ bulk rows';

/** Stores the rows of a bulk load in the table that the INSERT BULK before it named. @throws {SqlError} 4819 without one */
export async function bulkInsert(
  run: Interpreter,
  columns: readonly ResultColumn[],
  rows: readonly SqlRow[],
): Promise<void> {
  const { session } = run;
  const target = session.statement.bulkTarget;
  session.statement.bulkTarget = undefined;
  if (target === undefined) throw bulkWithoutStatement();
  const frame = new ModuleFrame({
    procedure: '',
    moduleId: 0,
    declarations: { scalars: new Map(), tables: new Map(), madeTempTables: new Set() },
    defaultSchema: session.defaultSchema,
  });
  const names = target.columns.map((column) => column.name);
  const shape: TableDefinition = {
    schema: 'dbo',
    name: arrivedTable,
    columns: columns.map((column, index) => ({ name: names[index] ?? column.name, type: column.type, nullable: true })),
    indexes: [],
    checks: [],
    foreignKeys: [],
  };
  const { line } = target;
  const statement: InsertStatement = {
    kind: 'insert',
    options: [],
    line,
    with: [],
    target: { kind: 'table', line, name: target.table, hints: [] },
    columns: names,
    output: [],
    source: {
      kind: 'select',
      query: {
        kind: 'select',
        line,
        with: [],
        orderBy: [],
        options: [],
        query: {
          kind: 'specification',
          line,
          distinct: false,
          items: [{ kind: 'star', line, qualifier: [] }],
          from: [{ kind: 'tableVariable', line, name: arrivedTable }],
        },
      },
    },
  };
  const fires = target.options.includes('FIRE_TRIGGERS');
  const rowCount = await atomically(run, () => {
    const arrived = new MemoryTable({ definition: shape, transactional: false });
    const transaction = session.transactionForWriting();
    for (const row of rows) arrived.insert(transaction, row);
    const environment = session.environment(frame);
    environment.addTable(arrivedTable, arrived);
    environment.withoutTriggers = !fires;
    checkSorted(target, shape.columns, rows, environment);
    const plan = compileData(statement, environment);
    session.authorize(environment.accesses, frame);
    const { rowCount: stored, changes } = plan.run(session.context(frame));
    if (changes.length === 0) return stored;
    return runTriggers(run, { changes, rowCount: stored }, frame).then(() => stored);
  });
  session.statement.rowCount = BigInt(rowCount);
  run.sink.statementDone({ command: 'insert', rowCount });
}

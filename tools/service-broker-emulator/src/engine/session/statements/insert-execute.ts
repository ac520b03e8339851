import type { InsertStatement } from '../../../tsql/ast/data.ts';
import type { SelectStatement } from '../../../tsql/ast/queries.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import type { ResultColumn, ResultSink } from '../../session-contract.ts';
import { MemoryTable } from '../../storage/memory-table.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import type { ModuleEnvironment } from '../query-environment.ts';
import { nestedInsertExecute } from './errors/execution-errors.ts';
import { runExecute } from './execute.ts';

interface CapturedSet {
  readonly columns: readonly ResultColumn[];
  readonly rows: SqlRow[];
}

/** A sink that keeps result sets and passes everything else on. */
function capturingSink(outer: ResultSink, sets: CapturedSet[]): ResultSink {
  return {
    columns: (columns) => void sets.push({ columns, rows: [] }),
    row: (values) => void sets.at(-1)?.rows.push([...values]),
    statementDone: () => undefined,
    statementDoneInProcedure: () => undefined,
    procedureDone: () => undefined,
    returnValue: () => undefined,
    error: (error) => outer.error(error),
    info: (message) => outer.info(message),
    environment: (change) => outer.environment(change),
    drained: () => undefined,
  };
}

/** Name of the table that holds the captured rows; no T-SQL text can name it. */
const capturedTable = '@ captured rows';

function shapeOf(columns: readonly ResultColumn[]): TableDefinition {
  return {
    schema: 'dbo',
    name: capturedTable,
    columns: columns.map((column, index) => ({ name: `c${index}`, type: column.type, nullable: true })),
    indexes: [],
    checks: [],
    foreignKeys: [],
  };
}

function selectAll(line: number): SelectStatement {
  return {
    kind: 'select',
    line,
    options: [],
    with: [],
    orderBy: [],
    query: {
      kind: 'specification',
      line,
      distinct: false,
      items: [{ kind: 'star', line, qualifier: [] }],
      from: [{ kind: 'tableVariable', line, name: capturedTable }],
    },
  };
}

/** The statement that inserts the rows of one result set, and where its names are looked up. */
export interface CapturedInsert {
  readonly statement: InsertStatement;
  readonly environment: ModuleEnvironment;
}

/**
 * Runs the procedure of an INSERT ... EXEC and gives the inserts of the result sets it returned.
 *
 * @throws {SqlError} 8164 inside another INSERT ... EXEC
 */
export async function captureExecute(
  run: Interpreter,
  statement: InsertStatement & { source: { kind: 'execute' } },
  frame: ModuleFrame,
): Promise<CapturedInsert[]> {
  if (run.capturing) {
    throw nestedInsertExecute();
  }
  const sets: CapturedSet[] = [];
  const { sink, inProcedure } = run;
  run.sink = capturingSink(sink, sets);
  run.inProcedure = true;
  run.capturing = true;
  try {
    await run.session.transactions.inside(async () => runExecute(run, statement.source.execute, frame));
  } finally {
    run.sink = sink;
    run.inProcedure = inProcedure;
    run.capturing = false;
  }
  return sets.map((set) => {
    const store = new MemoryTable({ definition: shapeOf(set.columns), transactional: false });
    const transaction = run.session.transactionForWriting();
    for (const row of set.rows) store.insert(transaction, row);
    const environment = run.session.environment(frame);
    environment.addTable(capturedTable, store);
    return { statement: { ...statement, source: { kind: 'select', query: selectAll(statement.line) } }, environment };
  });
}

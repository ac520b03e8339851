import type { TriggerStateStatement } from '../../../tsql/ast/triggers.ts';
import type { ModuleObject } from '../../catalog/catalog-object.ts';
import { nameKey, objectKey } from '../../catalog/name-key.ts';
import { parsedTrigger } from '../../catalog/parsed-module.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import type { TableChange } from '../../query/environment.ts';
import type { Database } from '../../server/database.ts';
import { MemoryTable } from '../../storage/memory-table.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import { objectNotFound } from '../errors.ts';
import type { Interpreter } from '../interpreter.ts';
import { ModuleFrame, type TriggerRows } from '../module-frame.ts';
import { findObject, printName } from '../name-resolution.ts';
import { declarationsOf, runModule } from '../procedure-call.ts';
import { triggerElsewhere } from './errors/definition-errors.ts';
import { errorInTrigger, transactionEndedInTrigger, triggerNotFound } from './errors/execution-errors.ts';

/** `inserted` or `deleted`: the table's columns without its keys, identity and constraints. */
function pseudoTable(
  run: Interpreter,
  definition: TableDefinition,
  name: string,
  rows: readonly SqlRow[],
  instead: boolean,
): MemoryTable {
  const columns = definition.columns.map(({ name: column, type, nullable }) => ({
    name: column,
    type,
    // No constraint has looked at rows that are not written.
    nullable: nullable || instead,
  }));
  const shape: TableDefinition = { schema: definition.schema, name, columns, indexes: [], checks: [], foreignKeys: [] };
  const table = new MemoryTable({ definition: shape, transactional: false });
  const transaction = run.session.transactionForWriting();
  for (const row of rows) table.insert(transaction, row);
  return table;
}

/** The rows of a change as a trigger on the table sees them. */
export function triggerRowsOf(
  run: Interpreter,
  change: Pick<TableChange, 'inserted' | 'deleted' | 'updatedColumns' | 'instead'> & {
    readonly definition: TableDefinition;
  },
): TriggerRows {
  const { definition, inserted, deleted, updatedColumns, instead = false } = change;
  return {
    inserted: pseudoTable(run, definition, 'inserted', inserted, instead),
    deleted: pseudoTable(run, definition, 'deleted', deleted, instead),
    updatedColumns,
  };
}

function triggersOf(
  database: Database,
  { table: { definition }, event, instead }: TableChange,
): readonly ModuleObject[] {
  const timing = instead === true ? 'insteadOf' : 'after';
  return database.triggersOn(definition).filter((object) => {
    const trigger = parsedTrigger(object);
    return object.enabled && trigger.timing === timing && trigger.events.includes(event);
  });
}

async function runTrigger(
  run: Interpreter,
  trigger: ModuleObject,
  change: TableChange,
  outer: ModuleFrame,
): Promise<void> {
  const { session } = run;
  const { definition } = change.table;
  const tree = parsedTrigger(trigger);
  const frame = new ModuleFrame({
    procedure: trigger.name,
    moduleId: trigger.objectId,
    declarations: declarationsOf(session, [], tree.body, trigger.schema),
    defaultSchema: trigger.schema,
    chain: { database: session.database, owner: session.database.ownerOf(trigger.schema) },
    outer,
    settings: trigger,
  });
  frame.triggerRows = triggerRowsOf(run, { ...change, definition });
  const { options } = session;
  // Inside a trigger XACT_ABORT is ON unless the trigger sets it OFF. Source: Microsoft's documentation of SET XACT_ABORT.
  session.options = { ...options, xactAbort: true };
  try {
    await runModule(run, tree.body, frame);
  } finally {
    session.options = options;
  }
}

/** An error was caught in the trigger that leaves its transaction nothing but a rollback: XACT_ABORT is ON there. */
function refuseDoomed(run: Interpreter): void {
  const { transactions } = run.session;
  if (transactions.state !== -1) return;
  transactions.rollback(run.sink);
  throw errorInTrigger();
}

/**
 * Runs the triggers that a statement's changes set off, inside the statement and its transaction: AFTER triggers when it
 * has written them, else the INSTEAD OF trigger.
 *
 * @param done what the statement did; its triggers see the number of rows as @@ROWCOUNT
 * @throws {SqlError} 3609 when a trigger ended the transaction, 3616 when one caught an error that dooms it
 */
export async function runTriggers(
  run: Interpreter,
  done: { readonly changes: readonly TableChange[]; readonly rowCount: number },
  outer: ModuleFrame,
): Promise<void> {
  const { session } = run;
  for (const change of done.changes) {
    const home = session.database;
    const database = session.server.databases.find(change.table.database) ?? home;
    for (const trigger of triggersOf(database, change)) {
      // A trigger is not set off by itself: RECURSIVE_TRIGGERS is OFF in a new database. Through another one it is.
      if (outer.moduleId === trigger.objectId) continue;
      session.statement.rowCount = BigInt(done.rowCount);
      session.statement.error = 0;
      const alive = await session.transactions.inside(async () => {
        // A trigger stands in the database of its table, whichever the statement came from.
        if (database !== home) session.database = database;
        try {
          await runTrigger(run, trigger, change, outer);
        } finally {
          if (database !== home) session.database = home;
        }
        refuseDoomed(run);
      });
      if (!alive) {
        throw transactionEndedInTrigger();
      }
    }
  }
}

/** ENABLE TRIGGER and DISABLE TRIGGER. @throws {SqlError} 1088 for an unknown table, 2108 for one of another database, 4920 for a trigger it does not have */
export function runTriggerState(run: Interpreter, statement: TriggerStateStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { catalog } = session.database;
  const { database } = statement.table;
  if (database !== undefined && nameKey(database) !== nameKey(session.database.name)) {
    throw triggerElsewhere(statement.enabled ? 'enable' : 'disable', printName(statement.table));
  }
  const table = findObject(statement.table, session.database, frame.defaultSchema);
  if (table?.kind !== 'table' && table?.kind !== 'view') {
    throw objectNotFound(printName(statement.table), 1088);
  }
  const transaction = session.transactionForWriting();
  const own = [...catalog.objects].filter(
    (object): object is ModuleObject =>
      object.kind === 'trigger' &&
      object.parent !== undefined &&
      objectKey(object.parent.schema, object.parent.name) === objectKey(table.schema, table.name),
  );
  const named = statement.names.map((name) => {
    const found = own.find((trigger) => nameKey(trigger.name) === nameKey(name.name));
    if (found !== undefined) return found;
    throw triggerNotFound(name.name, table.name);
  });
  for (const trigger of statement.names.length === 0 ? own : named) {
    catalog.replace(transaction, trigger, { ...trigger, enabled: statement.enabled, modifiedAt: Date.now() });
  }
}

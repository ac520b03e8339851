import { SqlError } from '../../../errors.ts';
import type { CreateTriggerStatement, TriggerStateStatement } from '../../../tsql/ast/schema-statements.ts';
import { parseBatch } from '../../../tsql/parse.ts';
import type { ModuleObject } from '../../catalog/catalog-object.ts';
import { nameKey, objectKey } from '../../catalog/name-key.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import type { TableChange } from '../../query/environment.ts';
import { MemoryTable } from '../../storage/memory-table.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import type { Interpreter } from '../interpreter.ts';
import { ModuleFrame } from '../module-frame.ts';
import { findObject, printName } from '../name-resolution.ts';
import { declarationsOf, runModule } from '../procedure-call.ts';

const trees = new WeakMap<ModuleObject, CreateTriggerStatement>();

/** The syntax tree of a trigger. */
export function parsedTrigger(object: ModuleObject): CreateTriggerStatement {
  const known = trees.get(object);
  if (known !== undefined) return known;
  const tree = parseBatch(object.text).statements.find(
    (statement): statement is CreateTriggerStatement => statement.kind === 'createTrigger',
  );
  if (tree === undefined) throw new Error(`the text of trigger ${object.name} holds no CREATE TRIGGER`);
  trees.set(object, tree);
  return tree;
}

/** `inserted` or `deleted`: the table's columns without its keys, identity and constraints. */
function pseudoTable(
  run: Interpreter,
  definition: TableDefinition,
  name: string,
  rows: readonly SqlRow[],
): MemoryTable {
  const columns = definition.columns.map(({ name: column, type, nullable }) => ({ name: column, type, nullable }));
  const shape: TableDefinition = { schema: definition.schema, name, columns, indexes: [], checks: [], foreignKeys: [] };
  const table = new MemoryTable({ definition: shape, transactional: false });
  const transaction = run.session.transactionForWriting();
  for (const row of rows) table.insert(transaction, row);
  return table;
}

function triggersOf(run: Interpreter, { table: { definition }, event }: TableChange): ModuleObject[] {
  return [...run.session.database.catalog.objects].filter(
    (object): object is ModuleObject =>
      object.kind === 'trigger' &&
      object.enabled &&
      object.parent !== undefined &&
      nameKey(object.parent.name) === nameKey(definition.name) &&
      nameKey(object.parent.schema) === nameKey(definition.schema) &&
      parsedTrigger(object).events.includes(event),
  );
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
  });
  frame.triggerRows = {
    inserted: pseudoTable(run, definition, 'inserted', change.inserted),
    deleted: pseudoTable(run, definition, 'deleted', change.deleted),
    updatedColumns: change.updatedColumns,
  };
  const { options } = session;
  // Inside a trigger XACT_ABORT is ON unless the trigger sets it OFF. Source: Microsoft's documentation of SET XACT_ABORT.
  session.options = { ...options, xactAbort: true };
  try {
    await runModule(run, tree.body, frame);
  } finally {
    session.options = options;
  }
}

/**
 * Runs the AFTER triggers that a statement's changes set off, inside the statement and its transaction.
 *
 * @throws {SqlError} 3609 when a trigger ended the transaction
 */
export async function runTriggers(
  run: Interpreter,
  changes: readonly TableChange[],
  outer: ModuleFrame,
): Promise<void> {
  for (const change of changes) {
    for (const trigger of triggersOf(run, change)) {
      // A trigger is not set off by itself: RECURSIVE_TRIGGERS is OFF in a new database. Through another one it is.
      if (outer.moduleId === trigger.objectId) continue;
      const alive = await run.session.transactions.inside(() => runTrigger(run, trigger, change, outer));
      if (!alive) {
        throw new SqlError('The transaction ended in the trigger. The batch has been aborted.', { number: 3609 });
      }
    }
  }
}

/** ENABLE TRIGGER and DISABLE TRIGGER. @throws {SqlError} 1088 for an unknown table, 4920 for a trigger it does not have */
export function runTriggerState(run: Interpreter, statement: TriggerStateStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { catalog } = session.database;
  const table = findObject(statement.table, session.database, frame.defaultSchema);
  if (table?.kind !== 'table') {
    throw new SqlError(
      `Cannot find the object "${printName(statement.table)}" because it does not exist or you do not have permissions.`,
      { number: 1088 },
    );
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
    throw new SqlError(`ALTER TABLE failed because trigger '${name.name}' on table '${table.name}' does not exist.`, {
      number: 4920,
    });
  });
  for (const trigger of statement.names.length === 0 ? own : named) {
    catalog.replace(transaction, trigger, { ...trigger, enabled: statement.enabled, modifiedAt: Date.now() });
  }
}

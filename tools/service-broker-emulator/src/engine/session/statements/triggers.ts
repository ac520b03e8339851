import type { CreateTriggerStatement } from '../../../tsql/ast/schema-statements.ts';
import { parseBatch } from '../../../tsql/parse.ts';
import type { ModuleObject } from '../../catalog/catalog-object.ts';
import { nameKey } from '../../catalog/name-key.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import type { TableChange } from '../../query/environment.ts';
import { MemoryTable } from '../../storage/memory-table.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import type { Interpreter } from '../interpreter.ts';
import { ModuleFrame } from '../module-frame.ts';
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

/** Runs the AFTER triggers that a statement's changes set off, inside the statement. */
export async function runTriggers(
  run: Interpreter,
  changes: readonly TableChange[],
  outer: ModuleFrame,
): Promise<void> {
  const { database } = run.session;
  for (const change of changes) {
    const { definition } = change.table;
    const triggers = [...database.catalog.objects].filter(
      (object): object is ModuleObject =>
        object.kind === 'trigger' &&
        object.enabled &&
        object.parent !== undefined &&
        nameKey(object.parent.name) === nameKey(definition.name) &&
        nameKey(object.parent.schema) === nameKey(definition.schema),
    );
    for (const trigger of triggers) {
      const tree = parsedTrigger(trigger);
      if (!tree.events.includes(change.event)) continue;
      const declarations = declarationsOf(run.session, [], tree.body, trigger.schema);
      const frame = new ModuleFrame({
        procedure: trigger.name,
        moduleId: trigger.objectId,
        declarations,
        defaultSchema: trigger.schema,
        outer,
      });
      frame.triggerRows = {
        inserted: pseudoTable(run, definition, 'inserted', change.inserted),
        deleted: pseudoTable(run, definition, 'deleted', change.deleted),
      };
      await runModule(run, tree.body, frame);
    }
  }
}

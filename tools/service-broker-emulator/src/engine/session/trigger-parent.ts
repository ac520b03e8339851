import type { CreateTriggerStatement } from '../../tsql/ast/modules.ts';
import { unsupported } from '../../unsupported.ts';
import type { ModuleObject, TableObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedTrigger } from '../catalog/parsed-module.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import { relationColumns } from '../system-views/relation-columns.ts';
import { insteadOfBesideCascade, secondInsteadOf } from './errors.ts';
import type { Interpreter } from './interpreter.ts';
import { printName } from './name-resolution.ts';

/** What a trigger is made on: a table or a view. */
export type TriggerParent = TableObject | ModuleObject;

/** The columns that `inserted` and `deleted` have in a trigger. */
export function triggerColumns(run: Interpreter, parent: TriggerParent): TableDefinition {
  if (parent.kind === 'table') return parent.definition;
  const columns = relationColumns(parent, run.session.database, run.session);
  return {
    schema: parent.schema,
    name: parent.name,
    columns: columns.map(({ name, type }) => ({ name, type, nullable: true })),
    indexes: [],
    checks: [],
    foreignKeys: [],
  };
}

/**
 * Rules of INSTEAD OF triggers. Source: Microsoft's documentation of CREATE TRIGGER.
 *
 * @throws {SqlError} 2111 beside another one for the same event, 2113 on a table with cascading keys, 40000 with rowversion
 */
export function checkInsteadOf(
  run: Interpreter,
  statement: CreateTriggerStatement,
  parent: TriggerParent,
  schema: string,
): void {
  const { mode, events, line } = statement;
  const name = printName(statement.name);
  const verb = mode === 'alter' ? 'alter' : 'create';
  if (parent.kind === 'table') {
    const cascades = parent.definition.foreignKeys.some(
      (key) =>
        (events.includes('delete') && key.onDelete !== 'noAction') ||
        (events.includes('update') && key.onUpdate !== 'noAction'),
    );
    if (cascades) {
      throw insteadOfBesideCascade(verb, name, parent.schema, parent.name, line);
    }
    if (parent.definition.columns.some((column) => column.type.name === 'rowversion')) {
      unsupported('an INSTEAD OF trigger on a table with a rowversion column', line);
    }
  }
  for (const other of run.session.database.triggersOn(parent)) {
    if (mode !== 'create' && nameKey(other.name) === nameKey(statement.name.name) && other.schema === schema) continue;
    const tree = parsedTrigger(other);
    const event = tree.timing === 'insteadOf' ? events.find((wanted) => tree.events.includes(wanted)) : undefined;
    if (event === undefined) continue;
    throw secondInsteadOf(verb, name, parent.kind, parent.schema, parent.name, event.toUpperCase(), line);
  }
}

import type { NamedConstraint } from '../catalog/catalog.ts';
import { constraintTypeCode } from '../catalog/constraint-names.ts';
import type { Database } from '../server/database.ts';
import { seenBaseTables } from '../system-views/base-tables.ts';
import { systemViewOfId } from '../system-views/system-view.ts';
import { seenTempTables, seesObject } from '../system-views/visible.ts';
import type { SessionCore } from './session-core.ts';

/** Name and schema of what has an id in a database, where the session sees it. */
export function namedObject(
  id: number,
  database: Database,
  session: SessionCore,
): { readonly schema: string; readonly name: string } | undefined {
  const { catalog } = database;
  const object = catalog.findById(id);
  if (object !== undefined) {
    return seesObject(database, session, object) ? { schema: object.schema, name: object.name } : undefined;
  }
  const constraint = catalog.findConstraintById(id);
  if (constraint !== undefined) {
    const { table, name } = constraint;
    return seesObject(database, session, table) ? { schema: table.schema, name } : undefined;
  }
  for (const { objectId, schema, name } of seenTempTables(database, session)) {
    if (objectId === id) return { schema, name };
  }
  return systemViewOfId(id) ?? baseTableOfId(id, database, session);
}

function baseTableOfId(id: number, database: Database, session: SessionCore) {
  const table = seenBaseTables(database, session).find(({ objectId }) => objectId === id);
  return table === undefined ? undefined : { schema: 'sys', name: table.name };
}

/** OBJECTPROPERTY of a constraint. */
export function constraintProperty({ table, name }: NamedConstraint, property: string): number | null {
  const { definition } = table;
  const code = constraintTypeCode(definition, name);
  const held = [...definition.checks, ...definition.foreignKeys].find((candidate) => candidate.name === name);
  const facts: Readonly<Record<string, boolean>> = {
    ISCONSTRAINT: true,
    ISPRIMARYKEY: code === 'PK',
    ISUNIQUECNST: code === 'UQ',
    ISFOREIGNKEY: code === 'F',
    ISCHECKCNST: code === 'C',
    ISDEFAULTCNST: code === 'D',
    ISTABLE: false,
    ISUSERTABLE: false,
    ISMSSHIPPED: false,
    CNSTISDISABLED: held?.enabled === false,
    CNSTISNOTTRUSTED: held?.untrusted === true,
  };
  const fact = facts[property.toUpperCase()];
  return fact === undefined ? null : Number(fact);
}

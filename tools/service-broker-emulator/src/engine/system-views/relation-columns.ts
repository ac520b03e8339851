import { SqlError } from '../../errors.ts';
import type { CatalogObject } from '../catalog/catalog-object.ts';
import { compileQuery } from '../query/compile-query.ts';
import type { RelationColumn } from '../query/environment.ts';
import { inlineFunction } from '../query/row-source.ts';
import type { Database } from '../server/database.ts';
import { ModuleEnvironment } from '../session/query-environment.ts';
import type { SessionCore } from '../session/session-core.ts';
import { queueRelation } from './queue-relation.ts';

/** The columns of a queue or a view; none of a view that no longer compiles, and of other objects. */
export function relationColumns(
  object: CatalogObject,
  database: Database,
  session: SessionCore,
): readonly RelationColumn[] {
  if (object.kind === 'queue') return queueRelation(object, database).columns;
  if (object.kind !== 'view') return [];
  const environment = new ModuleEnvironment(session, undefined, database, object.schema);
  try {
    const view = environment.relation({ schema: object.schema, name: object.name, line: 1 });
    if (view?.kind !== 'view') return [];
    const place = { environment: view.environment, outer: undefined, ctes: new Map() };
    return compileQuery(view.query, place).columns.map((column, index) => ({
      name: view.columns?.[index] ?? column.name,
      type: column.type,
      nullable: column.nullable,
    }));
  } catch (error) {
    if (error instanceof SqlError) return [];
    throw error;
  }
}

/** The columns of what permissions on columns can be given on: a table, a view, a table-valued function. None of other objects. */
export function objectColumns(
  object: CatalogObject,
  database: Database,
  session: SessionCore,
): readonly { readonly name: string }[] {
  if (object.kind === 'table') return object.definition.columns;
  if (object.kind === 'view') return relationColumns(object, database, session);
  if (object.kind !== 'function' || object.typeCode === 'FN') return [];
  const environment = new ModuleEnvironment(session, undefined, database, object.schema);
  try {
    const found = environment.tableFunction({ schema: object.schema, name: object.name, line: 1 });
    if (found === undefined) return [];
    return found.kind === 'rows' ? found.columns : inlineFunction(found, () => []).columns;
  } catch (error) {
    if (error instanceof SqlError) return [];
    throw error;
  }
}

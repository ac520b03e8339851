import type { TableBody } from '../../tsql/ast/tables.ts';
import { parseExpression } from '../../tsql/parse.ts';
import { buildTableDefinition, type TableBuildContext } from '../catalog/build-table-definition.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import { compileColumnExpression } from '../query/compile-statement.ts';
import type { Database } from '../server/database.ts';
import type { SqlType } from '../types/sql-type.ts';
import { defaultCollation, isCharacterType } from '../types/type-info.ts';
import { findObject, resolveScalarType } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';

/**
 * How a table body is understood in a database: types, computed columns and referenced keys.
 *
 * @param defaultSchema of who makes or alters the table: the table's own schema says nothing of the names in it
 */
export function tableBuildContext(session: SessionCore, database: Database, defaultSchema: string): TableBuildContext {
  return {
    defaultSchema,
    database: database.name,
    dataType: (reference, position) => resolveScalarType(reference, database, defaultSchema, position),
    computedType: (text, columns) =>
      compileColumnExpression(parseExpression(text), columns, session.environment(undefined, database)),
    schemaOf: (name) => findObject(name, database, defaultSchema)?.schema ?? defaultSchema,
    primaryKeyOf: (name) => {
      const object = findObject(name, database, defaultSchema);
      if (object?.kind !== 'table') return undefined;
      const { columns, indexes } = object.definition;
      const key = indexes.find((index) => index.kind === 'primaryKey');
      return key?.columns.flatMap((entry) => columns[entry.ordinal]?.name ?? []);
    },
  };
}

/** The same for CREATE TABLE and ALTER TABLE, which SET ANSI_NULL_DFLT_ON and its database have a say in. */
export function tableStatementContext(
  session: SessionCore,
  database: Database,
  defaultSchema: string,
  temporary = false,
): TableBuildContext {
  const nullableByDefault = session.options.ansiNullDefault ?? database.options.get('ANSI_NULL_DEFAULT') === 'ON';
  const context: TableBuildContext = {
    ...tableBuildContext(session, database, defaultSchema),
    nullableByDefault,
    ...(session.options.ansiPadding ? {} : { withoutPadding: true }),
  };
  if (!temporary || database.collation === undefined) return context;
  return { ...context, dataType: (reference, position) => withServerCollation(context.dataType(reference, position)) };
}

/** Texts of temp tables have the collation of tempdb, which is the server's. */
function withServerCollation<Resolved extends { readonly type: SqlType }>(resolved: Resolved): Resolved {
  if (!isCharacterType(resolved.type)) return resolved;
  return { ...resolved, type: { ...resolved.type, collation: defaultCollation } };
}

/** The shape of a table variable. */
export function buildModuleTable(
  session: SessionCore,
  name: string,
  body: TableBody,
  defaultSchema: string,
): TableDefinition {
  return buildTableDefinition('dbo', name, body, tableBuildContext(session, session.database, defaultSchema));
}

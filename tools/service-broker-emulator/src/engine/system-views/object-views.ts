import { firstUserSchemaId } from '../catalog/catalog.ts';
import type { CatalogObject, ModuleObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedTrigger } from '../catalog/parsed-module.ts';
import { partId } from '../catalog/part-id.ts';
import { objectSecurable, schemaSecurable } from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { SeenTable } from '../session/temp-table-object.ts';
import { defaultCollation } from '../types/type-info.ts';
import { seenBaseTables } from './base-tables.ts';
import { bit, defineView, type SystemView, viewTime } from './define-view.ts';
import { objectTypeCode, objectTypeDescription } from './object-types.ts';
import { builtInTypes, typeFacts } from './type-ids.ts';
import { seenObjects, seenTables, seenTempTables, seenTypes } from './visible.ts';

const objectColumns = {
  name: 'name',
  object_id: 'int',
  principal_id: 'int',
  schema_id: 'int',
  parent_object_id: 'int',
  type: 'char2',
  type_desc: 'description',
  create_date: 'datetime',
  modify_date: 'datetime',
  is_ms_shipped: 'bit',
  is_published: 'bit',
  is_schema_published: 'bit',
} as const;

type ObjectFacts = { readonly [K in keyof typeof objectColumns]?: string | number | bigint | null };

function schemaIdOf(database: Database, schema: string): number {
  return database.catalog.findSchema(schema)?.schemaId ?? 1;
}

/** The columns that every view of objects begins with. */
export function objectFacts(database: Database, object: CatalogObject | SeenTable, parentId = 0): ObjectFacts {
  const code = objectTypeCode(object);
  return {
    name: object.name,
    object_id: object.objectId,
    schema_id: schemaIdOf(database, object.schema),
    parent_object_id: parentId,
    type: code.padEnd(2),
    type_desc: objectTypeDescription(code),
    create_date: viewTime(object.createdAt),
    modify_date: viewTime(object.modifiedAt),
    is_ms_shipped: 0,
    is_published: 0,
    is_schema_published: 0,
  };
}

function parentOf(database: Database, object: CatalogObject): number {
  if (object.kind !== 'trigger' || object.parent === undefined) return 0;
  return database.catalog.find(object.parent.schema, object.parent.name)?.objectId ?? 0;
}

/** Constraints are objects too; the catalog keeps them inside their table. */
export function* constraintFacts(
  database: Database,
  session: SessionCore,
): Iterable<ObjectFacts & { readonly table: SeenTable }> {
  for (const table of seenTables(database, session)) {
    const part = (name: string, code: string): ObjectFacts & { readonly table: typeof table } => ({
      ...objectFacts(database, table, table.objectId),
      name,
      object_id: partId(table.schema, name),
      type: code.padEnd(2),
      type_desc: objectTypeDescription(code),
      table,
    });
    for (const index of table.definition.indexes) {
      if (index.kind === 'primaryKey') yield part(index.name, 'PK');
      if (index.kind === 'uniqueConstraint') yield part(index.name, 'UQ');
    }
    for (const check of table.definition.checks) yield part(check.name, 'C');
    for (const key of table.definition.foreignKeys) yield part(key.name, 'F');
    for (const column of table.definition.columns)
      if (column.default !== undefined) yield part(column.default.name, 'D');
  }
}

function* allObjects(database: Database, session: SessionCore): Iterable<ObjectFacts> {
  for (const object of seenObjects(database, session)) yield objectFacts(database, object, parentOf(database, object));
  for (const table of seenTempTables(database, session)) yield objectFacts(database, table);
  yield* constraintFacts(database, session);
  for (const { objectId, name } of seenBaseTables(database, session)) {
    yield {
      name,
      object_id: objectId,
      schema_id: sysSchemaId,
      parent_object_id: 0,
      type: 'S ',
      type_desc: objectTypeDescription('S'),
      create_date: baseTableTime,
      modify_date: baseTableTime,
      is_ms_shipped: 1,
      is_published: 0,
      is_schema_published: 0,
    };
  }
}

const sysSchemaId = 4;

/** When the tables of the server were made: with the server, long ago. */
const baseTableTime = viewTime(Date.UTC(2003, 3, 8, 9, 13, 37));

function modules(database: Database, session: SessionCore): ModuleObject[] {
  return [...seenObjects(database, session)].filter((object): object is ModuleObject => 'text' in object);
}

export const objectViews: readonly SystemView[] = [
  defineView('sys', 'objects', objectColumns, allObjects),
  defineView('sys', 'schemas', { name: 'name', schema_id: 'int', principal_id: 'int' }, function* (database, session) {
    for (const schema of database.catalog.schemas) {
      const builtIn = schema.schemaId < firstUserSchemaId;
      if (!builtIn && !session.sees(schemaSecurable(database, schema.name))) continue;
      yield {
        name: schema.name,
        schema_id: schema.schemaId,
        principal_id: database.principals.find(schema.owner)?.principalId ?? 1,
      };
    }
  }),
  defineView('sys', 'procedures', { ...objectColumns, is_auto_executed: 'bit' }, function* (database, session) {
    for (const object of seenObjects(database, session)) {
      if (object.kind === 'procedure') yield { ...objectFacts(database, object), is_auto_executed: 0 };
    }
  }),
  defineView('sys', 'views', objectColumns, function* (database, session) {
    for (const object of seenObjects(database, session))
      if (object.kind === 'view') yield objectFacts(database, object);
  }),
  defineView(
    'sys',
    'triggers',
    { ...objectColumns, parent_id: 'int', parent_class: 'tinyint', is_disabled: 'bit', is_instead_of_trigger: 'bit' },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        if (object.kind !== 'trigger') continue;
        const parentId = parentOf(database, object);
        yield {
          ...objectFacts(database, object, parentId),
          parent_id: parentId,
          parent_class: 1,
          is_disabled: bit(!object.enabled),
          is_instead_of_trigger: bit(parsedTrigger(object).timing === 'insteadOf'),
        };
      }
    },
  ),
  defineView(
    'sys',
    'sql_modules',
    { object_id: 'int', definition: 'longText', uses_ansi_nulls: 'bit', uses_quoted_identifier: 'bit' },
    (database, session) =>
      modules(database, session).map((object) => ({
        object_id: object.objectId,
        definition: session.holds('VIEW DEFINITION', objectSecurable(database, object)) ? object.text : null,
        uses_ansi_nulls: object.ansiNulls === false ? 0 : 1,
        uses_quoted_identifier: object.quotedIdentifier === false ? 0 : 1,
      })),
  ),
  defineView(
    'sys',
    'sequences',
    {
      ...objectColumns,
      start_value: 'variant',
      increment: 'variant',
      minimum_value: 'variant',
      maximum_value: 'variant',
      is_cycling: 'bit',
      is_cached: 'bit',
      cache_size: 'int',
      system_type_id: 'tinyint',
      user_type_id: 'int',
      current_value: 'variant',
    },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        if (object.kind !== 'sequence') continue;
        const { definition, state } = object;
        const value = (number: bigint) => ({ baseType: { name: 'bigint' as const }, value: number });
        const { systemTypeId } = typeFacts(definition.type);
        yield {
          ...objectFacts(database, object),
          start_value: value(definition.start),
          increment: value(definition.increment),
          minimum_value: value(definition.minimum),
          maximum_value: value(definition.maximum),
          is_cycling: bit(definition.cycle),
          is_cached: bit(definition.cache > 0),
          cache_size: definition.cache > 0 ? definition.cache : null,
          system_type_id: systemTypeId,
          user_type_id: systemTypeId,
          current_value: value(state.current ?? definition.start),
        };
      }
    },
  ),
  defineView(
    'sys',
    'types',
    {
      name: 'name',
      system_type_id: 'tinyint',
      user_type_id: 'int',
      schema_id: 'int',
      principal_id: 'int',
      max_length: 'smallint',
      precision: 'tinyint',
      scale: 'tinyint',
      collation_name: 'name',
      is_nullable: 'bit',
      is_user_defined: 'bit',
      is_assembly_type: 'bit',
      is_table_type: 'bit',
    },
    function* (database, session) {
      const common = { is_assembly_type: 0, is_table_type: 0 };
      for (const [systemId, userId, name, maxLength, precision, scale] of builtInTypes) {
        const character = /char|text|sysname/.test(name);
        yield {
          ...common,
          name,
          system_type_id: systemId,
          user_type_id: userId,
          schema_id: 4,
          max_length: maxLength,
          precision,
          scale,
          collation_name: character ? defaultCollation : null,
          is_nullable: 1,
          is_user_defined: 0,
        };
      }
      for (const type of seenTypes(database, session)) {
        const facts =
          type.kind === 'aliasType'
            ? typeFacts(type.type)
            : { systemTypeId: 243, maxLength: -1, precision: 0, scale: 0 };
        yield {
          ...common,
          name: type.name,
          system_type_id: facts.systemTypeId,
          user_type_id: type.objectId,
          schema_id: schemaIdOf(database, type.schema),
          max_length: facts.maxLength,
          precision: facts.precision,
          scale: facts.scale,
          is_nullable: bit(type.kind === 'aliasType' && type.nullable),
          is_user_defined: 1,
          is_table_type: bit(type.kind === 'tableType'),
        };
      }
    },
  ),
  defineView(
    'sys',
    'table_types',
    {
      name: 'name',
      user_type_id: 'int',
      schema_id: 'int',
      type_table_object_id: 'int',
      is_user_defined: 'bit',
      is_table_type: 'bit',
    },
    function* (database, session) {
      for (const type of seenTypes(database, session)) {
        if (type.kind !== 'tableType') continue;
        yield {
          name: type.name,
          user_type_id: type.objectId,
          schema_id: schemaIdOf(database, type.schema),
          type_table_object_id: partId(type.schema, `TT_${nameKey(type.name)}`),
          is_user_defined: 1,
          is_table_type: 1,
        };
      }
    },
  ),
];

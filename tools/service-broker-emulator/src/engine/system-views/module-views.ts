import type { ParameterDefinition } from '../../tsql/ast/modules.ts';
import type { ModuleObject } from '../catalog/catalog-object.ts';
import { parsedFunction, parsedProcedure, parsedTrigger } from '../catalog/parsed-module.ts';
import { partId } from '../catalog/part-id.ts';
import type { Database } from '../server/database.ts';
import { findType, resolveScalarType } from '../session/name-resolution.ts';
import { bit, definedViews, defineView, type SystemView, viewTime } from './define-view.ts';
import { typeFacts } from './type-ids.ts';
import { userTypeId } from './user-type-id.ts';
import { seenObjects } from './visible.ts';

const eventTypes = { insert: 1, update: 2, delete: 3 } as const;

type Parameter = Pick<ParameterDefinition, 'name' | 'type'> & Partial<ParameterDefinition>;

/** Parameters of a procedure or function, the value that a scalar function returns first, without a name. */
function parametersOf(object: ModuleObject): readonly { readonly id: number; readonly parameter: Parameter }[] {
  if (object.kind === 'procedure') {
    return parsedProcedure(object).parameters.map((parameter, index) => ({ id: index + 1, parameter }));
  }
  const { parameters, returns } = parsedFunction(object);
  const listed = parameters.map((parameter, index) => ({ id: index + 1, parameter }));
  if (returns.kind !== 'scalar') return listed;
  return [{ id: 0, parameter: { name: '', type: returns.type, output: true } }, ...listed];
}

function typeOf(parameter: Parameter, object: ModuleObject, database: Database) {
  const named = findType(parameter.type.name, database, object.schema);
  if (named?.kind === 'tableType') {
    return { system_type_id: 243, user_type_id: named.objectId, max_length: -1, precision: 0, scale: 0 };
  }
  const { type, alias } = resolveScalarType(parameter.type, database, object.schema);
  const facts = typeFacts(type);
  return {
    system_type_id: facts.systemTypeId,
    user_type_id: userTypeId(database, alias, facts.systemTypeId),
    max_length: facts.maxLength,
    precision: facts.precision,
    scale: facts.scale,
  };
}

export const moduleViews: readonly SystemView[] = [
  defineView(
    'sys',
    'parameters',
    {
      object_id: 'int',
      name: 'name',
      parameter_id: 'int',
      system_type_id: 'tinyint',
      user_type_id: 'int',
      max_length: 'smallint',
      precision: 'tinyint',
      scale: 'tinyint',
      is_output: 'bit',
      is_cursor_ref: 'bit',
      has_default_value: 'bit',
      is_xml_document: 'bit',
      default_value: 'variant',
      xml_collection_id: 'int',
      is_readonly: 'bit',
      is_nullable: 'bit',
    },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        if (object.kind !== 'procedure' && object.kind !== 'function') continue;
        for (const { id, parameter } of parametersOf(object)) {
          const facts = typeOf(parameter, object, database);
          yield {
            ...facts,
            object_id: object.objectId,
            name: parameter.name,
            parameter_id: id,
            is_output: bit(parameter.output === true),
            is_cursor_ref: 0,
            // Only CLR modules have it: the text of others is not looked at for defaults.
            has_default_value: 0,
            is_xml_document: 0,
            xml_collection_id: 0,
            is_readonly: bit(facts.system_type_id === 243),
            is_nullable: 1,
          };
        }
      }
    },
  ),
  defineView(
    'sys',
    'trigger_events',
    {
      object_id: 'int',
      type: 'int',
      type_desc: 'description',
      is_first: 'bit',
      is_last: 'bit',
      event_group_type: 'int',
      event_group_type_desc: 'description',
      is_trigger_event: 'bit',
    },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        if (object.kind !== 'trigger') continue;
        for (const event of parsedTrigger(object).events) {
          yield {
            object_id: object.objectId,
            type: eventTypes[event],
            type_desc: event.toUpperCase(),
            is_first: 0,
            is_last: 0,
            is_trigger_event: 1,
          };
        }
      }
    },
  ),
  defineView(
    'sys',
    'system_views',
    {
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
    },
    function* (database) {
      for (const { schema, name } of definedViews) {
        yield {
          name,
          object_id: partId(schema, name),
          schema_id: database.catalog.findSchema(schema)?.schemaId ?? null,
          parent_object_id: 0,
          type: 'V ',
          type_desc: 'VIEW',
          create_date: viewTime(database.createdAt),
          modify_date: viewTime(database.createdAt),
          is_ms_shipped: 1,
          is_published: 0,
          is_schema_published: 0,
        };
      }
    },
  ),
];

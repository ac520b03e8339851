import type { CatalogObject } from '../catalog/catalog-object.ts';
import { constraintNames } from '../catalog/constraint-names.ts';
import type { PropertyOwner } from '../catalog/extended-properties.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedFunction, parsedProcedure } from '../catalog/parsed-module.ts';
import { partId } from '../catalog/part-id.ts';
import type { Database } from '../server/database.ts';

/** One step on the way to what has extended properties: `SCHEMA dbo`, `TABLE Orders`, `COLUMN Id`. */
export interface PropertyLevel {
  readonly type: string;
  readonly name: string;
}

const objectTypes: Readonly<Record<CatalogObject['kind'], string>> = {
  table: 'TABLE',
  view: 'VIEW',
  procedure: 'PROCEDURE',
  function: 'FUNCTION',
  queue: 'QUEUE',
  sequence: 'SEQUENCE',
  trigger: 'TRIGGER',
};

/** Names of the parts of an object, by the level-2 type that they have. */
export function namesOfParts(object: CatalogObject, type: string, database: Database): readonly string[] {
  switch (type) {
    case 'COLUMN':
      return object.kind === 'table' ? object.definition.columns.map(({ name }) => name) : [];
    case 'INDEX':
      return object.kind === 'table' ? object.definition.indexes.map(({ name }) => name) : [];
    case 'CONSTRAINT':
      return object.kind === 'table' ? constraintNames(object.definition) : [];
    case 'PARAMETER':
      if (object.kind === 'procedure') return parsedProcedure(object).parameters.map(({ name }) => name);
      return object.kind === 'function' ? parsedFunction(object).parameters.map(({ name }) => name) : [];
    case 'TRIGGER':
      return [...database.catalog.objects]
        .filter((other) => other.kind === 'trigger' && isParent(other, object))
        .map(({ name }) => name);
    default:
      return [];
  }
}

function isParent(trigger: CatalogObject, object: CatalogObject): boolean {
  if (trigger.kind !== 'trigger' || trigger.parent === undefined) return false;
  const { schema, name } = trigger.parent;
  return nameKey(name) === nameKey(object.name) && nameKey(schema) === nameKey(object.schema);
}

/** The owner of properties that a part of an object is. */
export function ownerOfPart(object: CatalogObject, part: PropertyLevel, database: Database): PropertyOwner {
  switch (part.type) {
    case 'INDEX':
      return { class: 7, major: object.objectId, minor: part.name };
    case 'PARAMETER':
      return { class: 2, major: object.objectId, minor: part.name };
    case 'CONSTRAINT':
      return { class: 1, major: partId(object.schema, part.name), minor: '' };
    case 'TRIGGER':
      return { class: 1, major: database.catalog.find(object.schema, part.name)?.objectId ?? 0, minor: '' };
    default:
      return { class: 1, major: object.objectId, minor: part.name };
  }
}

export function levelOfObject(object: CatalogObject): PropertyLevel {
  return { type: objectTypes[object.kind], name: object.name };
}

interface PropertyPlace {
  /** From the schema inwards; none for the database itself. */
  readonly levels: readonly PropertyLevel[];
  /** The object that it is or is in; undefined for a schema and the database. */
  readonly object?: CatalogObject;
}

const partTypes = { 1: 'COLUMN', 2: 'PARAMETER', 7: 'INDEX' } as const;

/** Where the owner of a property stands; undefined when it is no longer there. */
export function placeOfOwner(owner: PropertyOwner, database: Database): PropertyPlace | undefined {
  const { catalog } = database;
  if (owner.class === 0) return { levels: [] };
  if (owner.class === 3) {
    const schema = [...catalog.schemas].find(({ schemaId }) => schemaId === owner.major);
    return schema === undefined ? undefined : { levels: [{ type: 'SCHEMA', name: schema.name }] };
  }
  const object = catalog.findById(owner.major);
  if (object === undefined) return placeOfConstraint(owner.major, database);
  const head = { type: 'SCHEMA', name: object.schema };
  if (object.kind === 'trigger') {
    const table = object.parent && catalog.find(object.parent.schema, object.parent.name);
    return table === undefined ? undefined : { levels: [head, levelOfObject(table), levelOfObject(object)], object };
  }
  const levels = [head, levelOfObject(object)];
  if (owner.minor === '') return { levels, object };
  const type = partTypes[owner.class];
  const name = namesOfParts(object, type, database).find((part) => nameKey(part) === nameKey(owner.minor));
  return name === undefined ? undefined : { levels: [...levels, { type, name }], object };
}

function placeOfConstraint(id: number, database: Database): PropertyPlace | undefined {
  for (const object of database.catalog.objects) {
    if (object.kind !== 'table') continue;
    const name = constraintNames(object.definition).find((part) => partId(object.schema, part) === id);
    if (name === undefined) continue;
    return {
      levels: [{ type: 'SCHEMA', name: object.schema }, levelOfObject(object), { type: 'CONSTRAINT', name }],
      object,
    };
  }
  return undefined;
}

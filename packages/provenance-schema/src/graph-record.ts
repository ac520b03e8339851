import { z } from 'zod';
import type { Column, GraphValue } from './column.ts';
import type { AnyEntity, EndPoint } from './define-entity.ts';
import { graphColumns } from './graph-columns.ts';

/** Key properties of a node with their values; never NULL. */
export type GraphKey = Readonly<Record<string, GraphValue>>;
/** Properties with their values; `null` means that the graph must not have the property. */
export type GraphProperties = Readonly<Record<string, GraphValue>>;

/** What a row of a node entity means in the graph. */
export interface NodeRecord {
  readonly kind: 'node';
  readonly entityId: bigint;
  readonly key: GraphKey;
  /** Without the key properties. */
  readonly properties: GraphProperties;
  /** Key of the other end of each of the entity's edges, in their order; `null` where the row has no such edge. */
  readonly edgeEnds: readonly (GraphKey | null)[];
}

/** What a row of an edge entity means in the graph. */
export interface EdgeRecord {
  readonly kind: 'edge';
  readonly entityId: bigint;
  /** One of the relationship types that the entity declares. */
  readonly type: string;
  readonly from: GraphKey;
  readonly to: GraphKey;
  /** Without the id property. */
  readonly properties: GraphProperties;
}

/** What a row is in the graph. */
export type GraphRecord = NodeRecord | EdgeRecord;

/** Values of a row by column name, checked and converted for the graph. */
export type RowValues = Readonly<Record<string, GraphValue>>;

const schemas = new WeakMap<AnyEntity, z.ZodType<RowValues>>();

/** Checks a row as the `mssql` driver delivers it for {@link loadQuery}; the output has the values for the graph. */
export function rowSchema(entity: AnyEntity): z.ZodType<RowValues> {
  const known = schemas.get(entity);
  if (known !== undefined) return known;
  const shape: Record<string, z.ZodType<GraphValue>> = {};
  for (const [name, column] of graphColumns(entity)) {
    shape[name] = isTypeColumn(entity, name) ? typeSchema(entity) : column.schema;
  }
  const schema = z.object(shape);
  schemas.set(entity, schema);
  return schema;
}

/**
 * Turns a row of {@link loadQuery} into what it means in the graph.
 *
 * @throws z.ZodError when the row isn't what the entity declares (the table and the declaration differ).
 */
export function toGraphRecord(entity: AnyEntity, row: unknown): GraphRecord {
  const values = rowSchema(entity).parse(row);
  const { graph } = entity;
  const entityId = integerOf(entity, values, entity.key);
  if (graph.kind === 'edge') {
    return {
      kind: 'edge',
      entityId,
      type: String(values[graph.type.column]),
      from: requiredKey(entity, graph.from, values),
      to: requiredKey(entity, graph.to, values),
      properties: propertiesOf(entity, values),
    };
  }
  return {
    kind: 'node',
    entityId,
    key: requiredKey(entity, graph, values),
    properties: propertiesOf(entity, values),
    edgeEnds: entity.edges.map((edge) => keyOf(edge.end, values)),
  };
}

/**
 * Key of a node entity from its message alone, for a row that is gone.
 *
 * @throws TypeError when the entity is an edge; an edge is found by its id property.
 */
export function nodeKey(entity: AnyEntity, entityId: bigint, tenantId: number): GraphKey {
  const { graph } = entity;
  if (graph.kind !== 'node') throw new TypeError(`Entity ${entity.name} is an edge; find it by ${graph.id.property}.`);
  // defineEntity allows the id and the tenant column only; where both are one column, the id is the tenant's.
  return Object.fromEntries(
    graph.key.map(({ property, column }) => [property, column === entity.key ? entityId : BigInt(tenantId)]),
  );
}

/** A property of a node or edge, and the column that its value comes from. */
export interface PropertyColumn {
  readonly property: string;
  readonly name: string;
  readonly column: Column;
}

const knownProperties = new WeakMap<AnyEntity, readonly PropertyColumn[]>();

/** Properties that the entity's node or edge carries besides its key, with their columns. */
export function propertyColumns(entity: AnyEntity): readonly PropertyColumn[] {
  const known = knownProperties.get(entity);
  if (known !== undefined) return known;
  const { graph } = entity;
  const keys = new Set(graph.kind === 'node' ? graph.key.map(({ property }) => property) : [graph.id.property]);
  const columns = Object.entries(entity.columns).flatMap(([name, column]) =>
    column.property === null || keys.has(column.property) ? [] : [{ property: column.property, name, column }],
  );
  knownProperties.set(entity, columns);
  return columns;
}

function isTypeColumn(entity: AnyEntity, name: string): boolean {
  return entity.graph.kind === 'edge' && entity.graph.type.column === name;
}

function typeSchema(entity: AnyEntity): z.ZodType<GraphValue> {
  return z.enum(entity.graph.kind === 'edge' ? [...entity.graph.type.values] : []);
}

function propertiesOf(entity: AnyEntity, values: RowValues): GraphProperties {
  const properties: Record<string, GraphValue> = {};
  for (const { property, name } of propertyColumns(entity)) properties[property] = values[name] ?? null;
  return properties;
}

function keyOf(end: EndPoint, values: RowValues): GraphKey | null {
  const key: Record<string, GraphValue> = {};
  for (const { property, column } of end.key) {
    const value = values[column] ?? null;
    if (value === null) return null;
    key[property] = value;
  }
  return key;
}

function requiredKey(entity: AnyEntity, end: EndPoint, values: RowValues): GraphKey {
  const key = keyOf(end, values);
  if (key === null) throw new TypeError(`Entity ${entity.name}: a key column of ${end.label} is nullable.`);
  return key;
}

function integerOf(entity: AnyEntity, values: RowValues, column: string): bigint {
  const value = values[column];
  if (typeof value !== 'bigint') throw new TypeError(`Entity ${entity.name}: ${column} must be an integer column.`);
  return value;
}

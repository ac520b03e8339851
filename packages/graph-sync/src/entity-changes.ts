import type {
  AnyEntity,
  EdgeRecord,
  GraphRecord,
  GraphValue,
  KeyProperty,
  NodeRecord,
} from '@hartonomous/provenance-schema';
import { type DriverValue, toDriverMap, toDriverValue } from './graph-value.ts';
import type { NodeVectors } from './node-vectors.ts';
import { type PackedValue, packedInteger, packedValue } from './packed-value.ts';
import { rowLayout } from './statements.ts';

/** Names a row that is gone, by what a message carries. */
export interface EntityKey {
  readonly entityId: bigint;
  readonly tenantId: number;
}

/** What a batch found in SQL about entities of one type. */
export interface EntityChanges {
  readonly entity: AnyEntity;
  /** Rows that exist, as `toGraphRecord` gives them. */
  readonly upserts: readonly GraphRecord[];
  /** Rows that were asked for and don't exist. */
  readonly deletes: readonly EntityKey[];
  /** Vectors of the upserts, where the entity has any. Left out: their vectors in the graph stay as they are. */
  readonly vectors?: NodeVectors | undefined;
}

/** A row as a statement's parameter. */
export interface StatementRow {
  readonly index: number;
  readonly entityId: bigint;
  /** The value of the node's or edge's id property. */
  readonly id: DriverValue;
  readonly [name: string]: unknown;
}

/** A node's row. */
export interface NodeRow extends StatementRow {
  /** Value of the key's tenant property; a node of the id in another tenant is one that the row left. */
  readonly keep: DriverValue | null;
  /** Packed values in the order of `rowLayout`. */
  readonly values: readonly PackedValue[];
  /** Keys of the edges' other ends. Keys are ids and names, which the driver takes as they are. */
  readonly edgeEnds: NodeRecord['edgeEnds'];
  /** Which edges the row has, a bit each by position. */
  readonly present: number;
  /** Values of each set of properties that is unique besides the key; `null` where one of them is. */
  readonly claims: readonly (Readonly<Record<string, DriverValue>> | null)[];
}

/** An edge's row. */
export interface EdgeRow extends StatementRow {
  readonly id: bigint;
  readonly type: string;
  readonly from: Readonly<Record<string, DriverValue>>;
  readonly to: Readonly<Record<string, DriverValue>>;
  readonly properties: Readonly<Record<string, DriverValue>>;
}

/** One for all rows: most entities have no other unique properties, and there are many rows. */
const noClaims: NodeRow['claims'] = [];

/** @throws TypeError when the record is an edge's; the caller mixed up entities. */
export function nodeRow(entity: AnyEntity, record: GraphRecord, index: number): NodeRow {
  if (record.kind !== 'node' || entity.graph.kind !== 'node') throw wrongKind(entity, record);
  const { key, properties, ends, id, tenant } = rowLayout(entity, entity.graph);
  // As long as it will be at most, then as it is: a list that grows has room for twice as much.
  const values = new Array<PackedValue>(key.length + properties.length + ends.length);
  let at = 0;
  for (const { property } of key) values[at++] = packedValue(record.key[property] ?? null);
  for (const { property } of properties) values[at++] = packedValue(record.properties[property] ?? null);
  for (const { edge, property } of ends) values[at++] = packedValue(record.edgeEnds[edge]?.[property] ?? null);
  while (values[at - 1] === null) at--;
  values.length = at;
  let present = 0;
  for (let edge = 0; edge < record.edgeEnds.length; edge++) if (record.edgeEnds[edge] !== null) present |= 1 << edge;
  return {
    index,
    entityId: record.entityId,
    id: driverValue(record.key[id]),
    keep: tenant === null ? null : driverValue(record.key[tenant]),
    values,
    edgeEnds: record.edgeEnds,
    present,
    claims: entity.graph.unique?.map((unique) => claimOf(unique, record)) ?? noClaims,
  };
}

/** What `NodeStatements.lookUp` takes: id and `keep` of each row, packed. */
export function lookUpValues(rows: readonly NodeRow[]): readonly (DriverValue | null)[] {
  const values: (DriverValue | null)[] = [];
  for (const { id, keep } of rows) values.push(packedKey(id), packedKey(keep));
  return values;
}

function packedKey(value: DriverValue | null): DriverValue | null {
  return typeof value === 'bigint' ? packedInteger(value) : value;
}

function claimOf(unique: readonly KeyProperty[], record: NodeRecord): Readonly<Record<string, DriverValue>> | null {
  const claim: Record<string, DriverValue> = {};
  for (const { property } of unique) {
    const value = record.properties[property] ?? record.key[property] ?? null;
    if (value === null) return null;
    claim[property] = toDriverValue(value);
  }
  return claim;
}

/** @throws TypeError when the record is a node's; the caller mixed up entities. */
export function edgeRow(entity: AnyEntity, record: GraphRecord, index: number): EdgeRow {
  if (record.kind !== 'edge') throw wrongKind(entity, record);
  return {
    index,
    entityId: record.entityId,
    id: record.entityId,
    type: record.type,
    from: toDriverMap(record.from),
    to: toDriverMap(record.to),
    properties: toDriverMap(record.properties),
  };
}

/** The row of a node or edge that is to go. A node goes in whichever tenant it is. */
export function deletedRow({ entityId, tenantId }: EntityKey, index: number): StatementRow {
  return { index, entityId, tenantId: BigInt(tenantId), id: entityId };
}

/**
 * Key of a row's tombstone. By the row's id alone, which is unique across tenants: a late writer that read the row in another
 * tenant than the one that it was deleted from must find the tombstone too.
 */
export function tombstoneKey(entity: AnyEntity, entityId: bigint): string {
  return `${entity.name}/${entityId}`;
}

function driverValue(value: GraphValue | undefined): DriverValue {
  return toDriverValue(value ?? null);
}

function wrongKind(entity: AnyEntity, record: NodeRecord | EdgeRecord): TypeError {
  return new TypeError(`Entity ${entity.name} is a ${entity.graph.kind}, but record ${record.entityId} is the other.`);
}

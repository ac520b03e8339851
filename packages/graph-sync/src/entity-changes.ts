import {
  type AnyEntity,
  type EdgeRecord,
  type GraphRecord,
  type NodeRecord,
  nodeKey,
} from '@hartonomous/provenance-schema';
import { type DriverValue, toDriverMap } from './graph-value.ts';

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
}

/** A row as a statement's parameter. */
export interface StatementRow {
  readonly index: number;
  readonly entityId: bigint;
  readonly tombstone: string;
  readonly [name: string]: unknown;
}

/** A node's row. */
export interface NodeRow extends StatementRow {
  readonly key: Readonly<Record<string, DriverValue>>;
  readonly properties: Readonly<Record<string, DriverValue>>;
  readonly edgeEnds: readonly (Readonly<Record<string, DriverValue>> | null)[];
}

/** An edge's row. */
export interface EdgeRow extends StatementRow {
  readonly id: bigint;
  readonly type: string;
  readonly from: Readonly<Record<string, DriverValue>>;
  readonly to: Readonly<Record<string, DriverValue>>;
  readonly properties: Readonly<Record<string, DriverValue>>;
}

/** @throws TypeError when the record is an edge's; the caller mixed up entities. */
export function nodeRow(entity: AnyEntity, record: GraphRecord, index: number): NodeRow {
  if (record.kind !== 'node') throw wrongKind(entity, record);
  const key = toDriverMap(record.key);
  return {
    index,
    entityId: record.entityId,
    tombstone: nodeTombstone(entity, key),
    key,
    properties: toDriverMap(record.properties),
    edgeEnds: record.edgeEnds.map((end) => (end === null ? null : toDriverMap(end))),
  };
}

/** @throws TypeError when the record is a node's; the caller mixed up entities. */
export function edgeRow(entity: AnyEntity, record: GraphRecord, index: number): EdgeRow {
  if (record.kind !== 'edge') throw wrongKind(entity, record);
  return {
    index,
    entityId: record.entityId,
    tombstone: edgeTombstone(entity, record.entityId),
    id: record.entityId,
    type: record.type,
    from: toDriverMap(record.from),
    to: toDriverMap(record.to),
    properties: toDriverMap(record.properties),
  };
}

/** The row of a node or edge that is to go. */
export function deletedRow(entity: AnyEntity, { entityId, tenantId }: EntityKey, index: number): StatementRow {
  if (entity.graph.kind === 'edge')
    return { index, entityId, tombstone: edgeTombstone(entity, entityId), id: entityId };
  const key = toDriverMap(nodeKey(entity, entityId, tenantId));
  return { index, entityId, tombstone: nodeTombstone(entity, key), key };
}

// By the graph's key and not the row's id alone: a row that moved to another tenant is another node.
function nodeTombstone(entity: AnyEntity, key: Readonly<Record<string, DriverValue>>): string {
  return [entity.name, ...Object.values(key).map(String)].join('/');
}

function edgeTombstone(entity: AnyEntity, entityId: bigint): string {
  return `${entity.name}/${entityId}`;
}

function wrongKind(entity: AnyEntity, record: NodeRecord | EdgeRecord): TypeError {
  return new TypeError(`Entity ${entity.name} is a ${entity.graph.kind}, but record ${record.entityId} is the other.`);
}

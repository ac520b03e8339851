import type { UncheckedRow } from '@hartonomous/broker-client';
import type { EntityChanges, NodeVectors } from '@hartonomous/graph-sync';
import { type AnyEntity, atom, type GraphRecord, toGraphRecord } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { atomVectorsOf } from './atom-vectors.ts';
import type { CoalescedRequest } from './coalesce.ts';
import { RefusedEntityError } from './errors.ts';
import type { VectorRows } from './load-rows.ts';

/** What is to be done in the graph about one entity. */
export interface PlannedChange {
  readonly request: CoalescedRequest;
  /** The row's state; `null` when there is no such row. */
  readonly record: GraphRecord | null;
  /** Whether what the message names has to go: no row, or a row that is another tenant's. */
  readonly isDelete: boolean;
  /** An atom's vectors; `null` for other entities, and where there is no such row. */
  readonly vectors: NodeVectors | null;
}

/** An entity that can't be brought to the graph. */
export interface RefusedRequest {
  readonly request: CoalescedRequest;
  readonly error: RefusedEntityError;
}

/**
 * Compares what messages name with the rows that are there. A row that isn't there means a delete, whatever the message
 * says: whether it never was or has been deleted since can't be told apart, and in both cases the graph must not have
 * it. A row that belongs to another tenant than the message says is written in its own tenant, and the node that the
 * message names is removed: it is what a row leaves behind that moved.
 *
 * @param rows of the entities' tables, by entity
 * @param vectors of the atoms among them
 * @throws z.ZodError when a table isn't what is declared
 */
export function planChanges(
  requests: readonly CoalescedRequest[],
  rows: ReadonlyMap<AnyEntity, readonly UncheckedRow[]>,
  vectors: VectorRows | null = null,
): { readonly planned: readonly PlannedChange[]; readonly refused: readonly RefusedRequest[] } {
  const records = new Map([...rows].map(([entity, found]) => [entity, recordsOf(entity, found)]));
  const vectorsOf = vectors === null ? null : atomVectorsOf(vectors);
  const planned: PlannedChange[] = [];
  const refused: RefusedRequest[] = [];
  for (const request of requests) {
    const record = records.get(request.entity)?.get(request.entityId) ?? null;
    if (record instanceof RefusedEntityError) {
      refused.push({ request, error: record });
      continue;
    }
    const own = request.entity === atom && record !== null ? (vectorsOf?.(request.entityId) ?? null) : null;
    if (own instanceof RefusedEntityError) refused.push({ request, error: own });
    else planned.push({ request, record, isDelete: record === null || !isSame(request, record), vectors: own });
  }
  return { planned, refused };
}

/**
 * The changes as the graph writer takes them. A writer takes one delete per id and call entry, so deletes of the same id
 * in several tenants, and those beside a row, come in entries of their own.
 */
export function entityChanges(planned: readonly PlannedChange[]): readonly EntityChanges[] {
  const changes: PlacedChanges[] = [];
  const place = (entity: AnyEntity, entityId: bigint) => {
    const free = changes.find(
      (change) => change.entity === entity && !change.upserts.has(entityId) && !change.deletes.has(entityId),
    );
    if (free !== undefined) return free;
    const added: PlacedChanges = { entity, upserts: new Map(), deletes: new Map(), vectors: [] };
    changes.push(added);
    return added;
  };
  const written = new Set<GraphRecord>();
  for (const { request, record, isDelete, vectors } of planned) {
    const { entity, entityId, tenantId } = request;
    if (isDelete) place(entity, entityId).deletes.set(entityId, tenantId);
    if (record !== null && !written.has(record)) {
      written.add(record);
      const change = place(entity, entityId);
      change.upserts.set(entityId, record);
      if (vectors !== null) change.vectors.push(vectors);
    }
  }
  return changes.map(({ entity, upserts, deletes, vectors }) => ({
    entity,
    upserts: [...upserts.values()],
    deletes: [...deletes].map(([entityId, tenantId]) => ({ entityId, tenantId })),
    vectors: together(vectors),
  }));
}

interface PlacedChanges {
  readonly entity: AnyEntity;
  readonly upserts: Map<bigint, GraphRecord>;
  readonly deletes: Map<bigint, number>;
  readonly vectors: NodeVectors[];
}

/** Vectors of several atoms; all have the models of the one read. */
function together(all: readonly NodeVectors[]): NodeVectors | undefined {
  const [first] = all;
  return first === undefined ? undefined : { models: first.models, vectors: all.flatMap(({ vectors }) => vectors) };
}

function recordsOf(
  entity: AnyEntity,
  rows: readonly UncheckedRow[],
): ReadonlyMap<bigint, GraphRecord | RefusedEntityError> {
  const records = new Map<bigint, GraphRecord | RefusedEntityError>();
  for (const row of rows) {
    try {
      const record = toGraphRecord(entity, row);
      records.set(record.entityId, record);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      const { schema, name } = entity.table;
      const id = entity.columns[entity.key]?.schema.safeParse(row[entity.key]);
      // Without a readable key the row can't belong to any message, so the table as a whole isn't what is declared.
      if (id?.success !== true || typeof id.data !== 'bigint') throw error;
      const problems = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
      const text = `Row ${id.data} of ${schema}.${name} isn't what ${entity.name} declares: ${problems}.`;
      records.set(id.data, new RefusedEntityError('INVALID_ROW', text, error));
    }
  }
  return records;
}

function isSame({ entity, entityId, tenantId }: CoalescedRequest, record: GraphRecord): boolean {
  // The graph finds an edge by the id of its row alone.
  if (record.kind === 'edge' || entity.graph.kind === 'edge') return true;
  return entity.graph.key.every(
    ({ property, column }) => record.key[property] === (column === entity.key ? entityId : BigInt(tenantId)),
  );
}

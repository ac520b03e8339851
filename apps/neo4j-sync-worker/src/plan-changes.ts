import type { UncheckedRow } from '@hartonomous/broker-client';
import type { EntityChanges } from '@hartonomous/graph-sync';
import { type AnyEntity, type GraphRecord, toGraphRecord } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { CoalescedRequest } from './coalesce.ts';
import { RefusedEntityError } from './errors.ts';

/** What is to be done in the graph about one entity. */
export interface PlannedChange {
  readonly request: CoalescedRequest;
  /** The row's state; `null` when there is no such row. */
  readonly record: GraphRecord | null;
  /** Whether what the message names has to go: no row, or a row that is another tenant's. */
  readonly isDelete: boolean;
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
 */
export function planChanges(
  requests: readonly CoalescedRequest[],
  rows: ReadonlyMap<AnyEntity, readonly UncheckedRow[]>,
): { readonly planned: readonly PlannedChange[]; readonly refused: readonly RefusedRequest[] } {
  const records = new Map([...rows].map(([entity, found]) => [entity, recordsOf(entity, found)]));
  const planned: PlannedChange[] = [];
  const refused: RefusedRequest[] = [];
  for (const request of requests) {
    const record = records.get(request.entity)?.get(request.entityId) ?? null;
    if (record instanceof RefusedEntityError) refused.push({ request, error: record });
    else planned.push({ request, record, isDelete: record === null || !isSame(request, record) });
  }
  return { planned, refused };
}

/**
 * The changes as the graph writer takes them. A writer takes one delete per id and call entry, so deletes of the same id
 * in several tenants, and those beside a row, come in entries of their own.
 */
export function entityChanges(planned: readonly PlannedChange[]): readonly EntityChanges[] {
  const changes: { entity: AnyEntity; upserts: Map<bigint, GraphRecord>; deletes: Map<bigint, number> }[] = [];
  const place = (entity: AnyEntity, entityId: bigint) => {
    const free = changes.find(
      (change) => change.entity === entity && !change.upserts.has(entityId) && !change.deletes.has(entityId),
    );
    if (free !== undefined) return free;
    const added = { entity, upserts: new Map<bigint, GraphRecord>(), deletes: new Map<bigint, number>() };
    changes.push(added);
    return added;
  };
  const written = new Set<GraphRecord>();
  for (const { request, record, isDelete } of planned) {
    const { entity, entityId, tenantId } = request;
    if (isDelete) place(entity, entityId).deletes.set(entityId, tenantId);
    if (record !== null && !written.has(record)) {
      written.add(record);
      place(entity, entityId).upserts.set(entityId, record);
    }
  }
  return changes.map(({ entity, upserts, deletes }) => ({
    entity,
    upserts: [...upserts.values()],
    deletes: [...deletes].map(([entityId, tenantId]) => ({ entityId, tenantId })),
  }));
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

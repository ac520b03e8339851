import type { AnyEntity, GraphRecord } from '@hartonomous/provenance-schema';
import {
  deletedRow,
  type EdgeRow,
  type EntityChanges,
  type EntityKey,
  edgeRow,
  type NodeRow,
  nodeRow,
  type StatementRow,
} from './entity-changes.ts';
import { type JoinedVectors, joinVectors, type NodeVectors } from './node-vectors.ts';
import { withoutSharedClaims } from './shared-claims.ts';
import { type EdgeStatements, type NodeStatements, statementsOf } from './statements.ts';

/** All that a batch has about one entity type, each row once. */
interface Prepared<Kind extends string, Statements, Row> {
  readonly kind: Kind;
  readonly entity: AnyEntity;
  readonly statements: Statements;
  readonly upserts: readonly Row[];
  /** Rows that are gone. */
  readonly deletes: readonly StatementRow[];
  /** Ids of deletes that an upsert of the same row takes care of: a message named the tenant that the row left. */
  readonly left: readonly bigint[];
}

export interface PreparedNodes extends Prepared<'node', NodeStatements, NodeRow> {
  /** `null`: the vectors in the graph stay as they are. */
  readonly vectors: JoinedVectors | null;
}
export type PreparedEdges = Prepared<'edge', EdgeStatements, EdgeRow>;
export type PreparedRows = PreparedNodes | PreparedEdges;

interface EntityRows {
  readonly upserts: Map<bigint, GraphRecord>;
  readonly deletes: Map<bigint, EntityKey>;
  readonly vectors: NodeVectors[];
}

/** Turns changes into statement rows: nodes first, one item per entity type, and of several words on a row the last. */
export function prepareRows(changes: readonly EntityChanges[]): readonly PreparedRows[] {
  const byEntity = new Map<AnyEntity, EntityRows>();
  for (const { entity, upserts, deletes, vectors } of changes) {
    const all: EntityRows = byEntity.get(entity) ?? { upserts: new Map(), deletes: new Map(), vectors: [] };
    byEntity.set(entity, all);
    if (vectors !== undefined) all.vectors.push(vectors);
    for (const record of upserts) all.upserts.set(record.entityId, record);
    for (const key of deletes) all.deletes.set(key.entityId, key);
  }
  const prepared = [...byEntity].map(([entity, { upserts, deletes, vectors }]): PreparedRows => {
    const statements = statementsOf(entity);
    const gone = [...deletes.values()].filter(({ entityId }) => !upserts.has(entityId));
    const common = {
      entity,
      deletes: gone.map(deletedRow),
      left: [...deletes.keys()].filter((id) => upserts.has(id)),
    };
    const records = [...upserts.values()];
    if (statements.kind === 'edge') {
      return { kind: 'edge', ...common, statements, upserts: records.map((record, n) => edgeRow(entity, record, n)) };
    }
    const rows = records.map((record, n) => nodeRow(entity, record, n));
    const upserted = withoutSharedClaims(entity, rows);
    return {
      ...{ kind: 'node', ...common, statements, upserts: upserted },
      vectors: vectors.length === 0 ? null : joinVectors(vectors),
    };
  });
  return prepared.toSorted((a, b) => Number(a.kind === 'edge') - Number(b.kind === 'edge'));
}

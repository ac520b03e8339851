import { type BrokerClient, type CallOptions, sqlParameter } from '@hartonomous/broker-client';
import {
  type AnyEntity,
  type GraphKey,
  type GraphProperties,
  loadQuery,
  loadQueryIds,
  loadQueryParameter,
  toGraphRecord,
} from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** A value as it can be shown and written as JSON: integers of 64 bits and times as text. */
export type PreviewValue = string | number | boolean | null;

/** What the graph gets of an entity whose message is replayed, by the present state of SQL. */
export type SyncPreview =
  | {
      readonly kind: 'node';
      /** For example `(:Atom {id: 5, tenantId: 0})`. */
      readonly pattern: string;
      readonly properties: Readonly<Record<string, PreviewValue>>;
      /** For example `-[:BELONGS_TO_TENANT]->(:Tenant {tenantId: 0})`. */
      readonly edges: readonly string[];
    }
  | {
      readonly kind: 'edge';
      /** For example `(:Atom {...})-[:DERIVED_FROM]->(:Atom {...})`. */
      readonly pattern: string;
      readonly properties: Readonly<Record<string, PreviewValue>>;
    }
  /** The row is gone: so is what the graph has of it. */
  | { readonly kind: 'removed' }
  /** The graph can't take the row: the message would fail again. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Reads an entity's row as a worker would, and turns it into what the graph would get; changes nothing.
 *
 * @throws BrokerError
 */
export async function previewSync(
  client: BrokerClient,
  entity: AnyEntity,
  id: bigint,
  options: CallOptions,
): Promise<SyncPreview> {
  const rows = await client.query(
    loadQuery(entity),
    { [loadQueryParameter]: sqlParameter.nvarchar(loadQueryIds([id])) },
    z.record(z.string(), z.unknown()),
    { ...options, context: { operation: `reading ${entity.name} ${id}` } },
  );
  const [row] = rows;
  if (row === undefined) return { kind: 'removed' };
  try {
    return recordPreview(entity, row);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { kind: 'refused', reason: problems.join('; ') };
  }
}

function recordPreview(entity: AnyEntity, row: unknown): SyncPreview {
  const record = toGraphRecord(entity, row);
  const { graph } = entity;
  if (record.kind === 'edge' && graph.kind === 'edge') {
    const { type, from, to, properties } = record;
    return {
      kind: 'edge',
      pattern: `${nodeText(graph.from.label, from)}-[:${type}]->${nodeText(graph.to.label, to)}`,
      properties: shown(properties),
    };
  }
  if (record.kind !== 'node' || graph.kind !== 'node') {
    throw new TypeError(`Entity ${entity.name} gave a record of another kind.`);
  }
  const edges = entity.edges.flatMap(({ type, direction, end }, place) => {
    const key = record.edgeEnds[place];
    if (key === undefined || key === null) return [];
    const other = nodeText(end.label, key);
    return [direction === 'out' ? `-[:${type}]->${other}` : `<-[:${type}]-${other}`];
  });
  return { kind: 'node', pattern: nodeText(graph.label, record.key), properties: shown(record.properties), edges };
}

function nodeText(label: string, key: GraphKey): string {
  const values = Object.entries(shown(key)).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `(:${label} {${values.join(', ')}})`;
}

/** Integers that JSON has no number for are text; lists (vectors) only say how long they are. */
function shown(values: GraphKey | GraphProperties): Record<string, PreviewValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'bigint') {
        const number = Number(value);
        return [name, Number.isSafeInteger(number) ? number : value.toString()];
      }
      if (value instanceof Date) return [name, value.toISOString()];
      if (value !== null && typeof value === 'object') return [name, `a list of ${value.length} numbers`];
      return [name, value];
    }),
  );
}

import type { Driver } from 'neo4j-driver';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { onDriver } from '../on-driver.ts';
import { translateError } from '../translate-error.ts';
import { settingsText } from './schema-items.ts';

/** A constraint or an index as the graph has it. */
export interface PresentItem {
  readonly type: 'constraint' | 'index';
  readonly name: string;
  /** What it is, whatever its name: `unique node Atom(id, tenantId)`. */
  readonly shape: string;
  /** How a vector index is built, whatever the words of the server's version; `null` for other items. */
  readonly settings: string | null;
  /** `ONLINE`, or for an index that can't be used `POPULATING` or `FAILED`. */
  readonly state: string;
  /** Whether Community can't create it. */
  readonly needsEnterprise: boolean;
  /** Neo4j's own text. */
  readonly createStatement: string;
}

// As SHOW CONSTRAINTS and SHOW INDEXES give it.
const shownItem = z.object({
  name: z.string(),
  type: z.string(),
  entityType: z.enum(['NODE', 'RELATIONSHIP']),
  labelsOrTypes: z.array(z.string()).nullable(),
  properties: z.array(z.string()).nullable(),
  options: z.object({ indexConfig: z.record(z.string(), z.unknown()).default({}) }).nullable(),
  state: z.string(),
  createStatement: z.string(),
});
type ShownItem = z.output<typeof shownItem>;

const yieldedColumns = 'name, type, entityType, labelsOrTypes, properties, options, createStatement';
const showConstraintsStatement = `SHOW CONSTRAINTS YIELD ${yieldedColumns} RETURN *, 'ONLINE' AS state ORDER BY name`;
// Lookup indexes are there from the start; an owned index comes with its constraint.
const showIndexesStatement =
  `SHOW INDEXES YIELD ${yieldedColumns}, state, owningConstraint ` +
  "WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN * ORDER BY name";

/**
 * Constraints, then indexes of the graph, by name; without what comes with a constraint or with the database.
 *
 * @param timeoutMs longest wait for each of the two answers, in milliseconds @default one minute: a server that builds indexes is busy
 * @throws GraphSyncError
 */
export async function readSchema(connection: GraphConnection, timeoutMs = 60_000): Promise<readonly PresentItem[]> {
  const { database } = connection;
  const show = async (type: PresentItem['type'], statement: string): Promise<PresentItem[]> => {
    const ask = (driver: Driver) => driver.executeQuery(statement, {}, { database });
    const { records } = await onDriver(connection, timeoutMs, ask);
    return records.map((record) => presentItem(type, shownItem.parse(record.toObject())));
  };
  try {
    return [...(await show('constraint', showConstraintsStatement)), ...(await show('index', showIndexesStatement))];
  } catch (error) {
    throw translateError(error, connection);
  }
}

function presentItem(type: PresentItem['type'], item: ShownItem): PresentItem {
  const { name, state, createStatement } = item;
  const needsEnterprise = type === 'constraint' && !item.type.endsWith('UNIQUENESS');
  const settings = item.type === 'VECTOR' ? settingsOf(item.options?.indexConfig ?? {}) : null;
  return { type, name, shape: shapeOf(item), settings, state, needsEnterprise, createStatement };
}

function settingsOf(config: Readonly<Record<string, unknown>>): string {
  const type = config['vector.quantization.type'];
  const enabled = config['vector.quantization.enabled'] === true ? 'scalar' : 'none';
  const quantization = typeof type === 'string' ? type.toLowerCase() : enabled;
  return settingsText(quantization, config['vector.hnsw.m'], config['vector.hnsw.ef_construction']);
}

// The prefix is the kind, node or relationship: NODE_PROPERTY_EXISTENCE, RELATIONSHIP_UNIQUENESS.
const typeSuffixes = { UNIQUENESS: 'unique', PROPERTY_EXISTENCE: 'exists' } as const;

function shapeOf({ type, entityType, labelsOrTypes, properties, options }: ShownItem): string {
  const suffix = Object.entries(typeSuffixes).find(([end]) => type.endsWith(end));
  const kind = suffix === undefined ? type.toLowerCase() : suffix[1];
  const of = `${(labelsOrTypes ?? []).join('|')}(${(properties ?? []).join(', ')})`;
  return `${kind} ${entityType.toLowerCase()} ${of}${configured(type, options?.indexConfig ?? {})}`;
}

// Of the settings, those that decide what an index answers; the others decide how fast.
function configured(type: string, config: Readonly<Record<string, unknown>>): string {
  if (type === 'VECTOR') {
    const similarity = String(config['vector.similarity_function']).toLowerCase();
    return `, ${config['vector.dimensions']} dimensions, ${similarity}`;
  }
  return type === 'FULLTEXT' ? `, analyzer ${config['fulltext.analyzer']}` : '';
}

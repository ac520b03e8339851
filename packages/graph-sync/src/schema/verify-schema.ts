import type { GraphSchema, ReferenceNode } from '@hartonomous/provenance-schema';
import type { GraphConnection } from '../connect.ts';
import { translateError } from '../translate-error.ts';
import { compareItem, undeclaredItems } from './compare-items.ts';
import { isNewGraph } from './is-new-graph.ts';
import { type MigrationReport, readMigrations } from './migration-records.ts';
import { readSchema } from './read-schema.ts';
import { constraintItems, findReferenceNodeStatement, indexItems } from './schema-items.ts';
import type { ItemCount, ItemReport, SchemaReport } from './schema-report.ts';

/**
 * Compares the graph with its schema; changes nothing. What it calls missing or pending is what a deployment would
 * create or apply.
 *
 * @throws GraphSyncError
 */
export async function verifyGraphSchema(connection: GraphConnection, schema: GraphSchema): Promise<SchemaReport> {
  const declared = [...constraintItems(schema), ...indexItems(schema)];
  const present = await readSchema(connection);
  const items = declared.map((item) => compareItem(item, present, connection));
  const missing = new Set(await missingReferenceNodes(connection, schema.referenceNodes));
  const nodes = schema.referenceNodes.map((node): ItemReport => {
    const name = `${node.label} ${node.key.value}`;
    const state = missing.has(node) ? 'missing' : 'found';
    return { type: 'reference node', name, supporting: false, state, detail: null };
  });
  const migrations = await readMigrations(connection, schema.migrations);
  const undeclared = undeclaredItems(declared, present);
  const isNew = migrations.pending.length > 0 && (await isNewGraph(connection, migrations));
  return {
    ...summarize([...items, ...nodes], migrations),
    undeclared,
    migrations: { ...migrations, baseline: isNew ? migrations.pending : [] },
  };
}

/**
 * Reference nodes that are not in the graph, or not with their properties.
 *
 * @throws GraphSyncError
 */
export async function missingReferenceNodes(
  connection: GraphConnection,
  nodes: readonly ReferenceNode[],
): Promise<readonly ReferenceNode[]> {
  const { driver, database } = connection;
  const missing: ReferenceNode[] = [];
  try {
    for (const node of nodes) {
      const parameters = { value: node.key.value, properties: node.properties };
      const { records } = await driver.executeQuery(findReferenceNodeStatement(node), parameters, { database });
      if (records[0]?.get('found') !== true) missing.push(node);
    }
  } catch (error) {
    throw translateError(error, connection);
  }
  return missing;
}

function summarize(items: readonly ItemReport[], { pending, changed }: MigrationReport) {
  const count = (chosen: readonly ItemReport[]): ItemCount => ({
    found: chosen.filter(({ state }) => state === 'found').length,
    leftOut: chosen.filter(({ state }) => state === 'left-out').length,
    total: chosen.length,
  });
  const ofType = (type: ItemReport['type']) => count(items.filter((item) => item.type === type && !item.supporting));
  const isRight = items.every(({ state }) => state === 'found' || state === 'left-out');
  return {
    complete: isRight && pending.length === 0 && changed.length === 0,
    constraints: ofType('constraint'),
    indexes: ofType('index'),
    referenceNodes: ofType('reference node'),
    searchIndexes: ofType('search index'),
    supporting: count(items.filter(({ supporting }) => supporting)),
    items,
  };
}

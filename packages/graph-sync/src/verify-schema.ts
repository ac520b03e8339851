import type { GraphSchema, ReferenceNode } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from './connect.ts';
import { constraintItems, findReferenceNodeStatement, indexItems, isLeftOut, type SchemaItem } from './schema-items.ts';
import { translateError } from './translate-error.ts';

/**
 * What became of an item. `different`: one of that name or shape is there, but not as declared (`detail` says how).
 * `left-out`: this edition has no such thing (`detail` says what keeps the rule instead).
 */
export type ItemState = 'found' | 'missing' | 'different' | 'left-out';

/** One item of the graph schema, compared with the graph. */
export interface ItemReport {
  readonly type: 'constraint' | 'index' | 'reference node';
  readonly name: string;
  /** Needed by the sync itself and not counted in the runbook's figures. */
  readonly supporting: boolean;
  readonly state: ItemState;
  readonly detail: string | null;
}

/** How many of the runbook's items are there; left-out ones are in `total` and `leftOut` only. */
export interface ItemCount {
  readonly found: number;
  readonly leftOut: number;
  readonly total: number;
}

/** The whole comparison. */
export interface SchemaReport {
  /** Whether nothing is missing or different. */
  readonly complete: boolean;
  readonly constraints: ItemCount;
  readonly indexes: ItemCount;
  readonly referenceNodes: ItemCount;
  /** Constraints and indexes that the sync itself needs. */
  readonly supporting: ItemCount;
  readonly items: readonly ItemReport[];
}

// As SHOW CONSTRAINTS and SHOW INDEXES give it.
const shownItem = z.object({
  name: z.string(),
  type: z.string(),
  entityType: z.enum(['NODE', 'RELATIONSHIP']),
  labelsOrTypes: z.array(z.string()).nullable(),
  properties: z.array(z.string()).nullable(),
  state: z.string(),
});
type ShownItem = z.output<typeof shownItem>;

const SHOW_CONSTRAINTS =
  "SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties RETURN *, 'ONLINE' AS state";
const SHOW_INDEXES =
  'SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, state, owningConstraint ' +
  'WHERE owningConstraint IS NULL RETURN *';

/**
 * Compares the graph with its schema; changes nothing.
 *
 * @throws GraphSyncError
 */
export async function verifyGraphSchema(connection: GraphConnection, schema: GraphSchema): Promise<SchemaReport> {
  const { driver, database } = connection;
  try {
    const show = async (statement: string) => {
      const { records } = await driver.executeQuery(statement, {}, { database });
      return records.map((record) => shownItem.parse(record.toObject()));
    };
    const constraints = await show(SHOW_CONSTRAINTS);
    const indexes = await show(SHOW_INDEXES);
    const items = [
      ...constraintItems(schema).map((item) => compare(item, constraints, connection.edition)),
      ...indexItems(schema).map((item) => compare(item, indexes, connection.edition)),
    ];
    for (const node of schema.referenceNodes) {
      const parameters = { value: node.key.value, properties: node.properties };
      const { records } = await driver.executeQuery(findReferenceNodeStatement(node), parameters, { database });
      items.push(referenceNodeReport(node, records[0]?.get('found') === true));
    }
    return summarize(items);
  } catch (error) {
    throw translateError(error, connection);
  }
}

function summarize(items: readonly ItemReport[]): SchemaReport {
  const count = (chosen: readonly ItemReport[]): ItemCount => ({
    found: chosen.filter(({ state }) => state === 'found').length,
    leftOut: chosen.filter(({ state }) => state === 'left-out').length,
    total: chosen.length,
  });
  const ofType = (type: ItemReport['type']) => count(items.filter((item) => item.type === type && !item.supporting));
  return {
    complete: items.every(({ state }) => state === 'found' || state === 'left-out'),
    constraints: ofType('constraint'),
    indexes: ofType('index'),
    referenceNodes: ofType('reference node'),
    supporting: count(items.filter(({ supporting }) => supporting)),
    items,
  };
}

function compare(item: SchemaItem, shown: readonly ShownItem[], edition: 'community' | 'enterprise'): ItemReport {
  const { name } = item.definition;
  const report = (state: ItemState, detail: string | null): ItemReport => ({
    ...{ type: item.type, name, supporting: item.supporting },
    state,
    detail,
  });
  if (isLeftOut(item, edition)) {
    const instead = item.type === 'constraint' ? item.definition.otherwise : null;
    return report('left-out', `needs Neo4j Enterprise; kept by ${instead ?? 'nothing'}`);
  }
  const named = shown.find((other) => other.name === name);
  if (named !== undefined) {
    if (shape(named) !== wantedShape(item)) return report('different', `is ${shape(named)}, not ${wantedShape(item)}`);
    return named.state === 'ONLINE' ? report('found', null) : report('different', `is ${named.state}, not ONLINE`);
  }
  const same = shown.find((other) => shape(other) === wantedShape(item));
  return same === undefined ? report('missing', null) : report('different', `is there as ${same.name}`);
}

// The part before it says whether a node or a relationship has it: NODE_PROPERTY_EXISTENCE, RELATIONSHIP_UNIQUENESS.
const TYPE_SUFFIXES = { UNIQUENESS: 'unique', PROPERTY_EXISTENCE: 'exists' } as const;

function shape({ type, entityType, labelsOrTypes, properties }: ShownItem): string {
  const suffix = Object.entries(TYPE_SUFFIXES).find(([end]) => type.endsWith(end));
  const kind = suffix === undefined ? type.toLowerCase() : suffix[1];
  return `${kind} ${entityType.toLowerCase()} ${(labelsOrTypes ?? []).join('|')}(${(properties ?? []).join(', ')})`;
}

function wantedShape(item: SchemaItem): string {
  const properties = item.definition.properties.join(', ');
  if (item.type === 'constraint') return `${item.definition.kind} node ${item.definition.label}(${properties})`;
  return `range ${item.definition.on} ${item.definition.of}(${properties})`;
}

function referenceNodeReport({ label, key }: ReferenceNode, found: boolean): ItemReport {
  const name = `${label} ${key.value}`;
  return { type: 'reference node', name, supporting: false, state: found ? 'found' : 'missing', detail: null };
}

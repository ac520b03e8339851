import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { InvalidGraphOptionsError, NodeNotFoundError } from '../errors.ts';
import { graphCount } from '../lineage/atom-summary.ts';
import { limitField, type Page, type TenantQuery, tenantFields } from '../lineage/lineage-options.ts';
import { type LineageContext, readTransaction } from '../lineage/read-transaction.ts';
import { checkOptions, type ReaderOptions, resolveReaderOptions } from '../options.ts';
import { type LabelShape, type Relation, shapeOf } from './graph-shape.ts';
import { neighboursStatement, nodeStatement } from './node-statements.ts';
import { type PropertyValues, propertyValues } from './property-value.ts';

/** Names a node by its label and the id that a person knows it by. */
export interface NodeQuery extends TenantQuery {
  /** One of `navigableLabels`. */
  readonly label: string;
  /** The entity's id; for reference nodes the text that they stand for, such as `graph_traversal`. */
  readonly id: bigint | string;
  /** Neighbours of each group to begin with, 1 to 10000. @default 10 */
  readonly limit?: number | undefined;
}

/** Names a group of a node's neighbours. */
export interface NeighboursQuery extends NodeQuery {
  readonly type: string;
  /** `out`: the relationship starts at the node. */
  readonly direction: 'out' | 'in';
  readonly neighbourLabel: string;
  /** `next` of the page before. @default the first page */
  readonly after?: string | undefined;
}

/** A node at the other end of a relationship. */
export interface Neighbour {
  readonly label: string;
  readonly id: bigint | string;
  /** Long texts are cut after 80 characters, embeddings left out. */
  readonly properties: PropertyValues;
  readonly isPlaceholder: boolean;
  /** Properties of the relationship; none where a column stands for it. */
  readonly edge: PropertyValues;
}

/** Neighbours over relationships of one type and direction to one label. */
export interface NeighbourGroup extends Page<Neighbour> {
  readonly type: string;
  readonly direction: 'out' | 'in';
  readonly label: string;
  /** Of all pages. */
  readonly count: number;
}

/** A node and what it is connected with. */
export interface GraphNode {
  readonly label: string;
  readonly id: bigint | string;
  readonly properties: PropertyValues;
  /** Something refers to it, but its own row was not synced yet or is gone. */
  readonly isPlaceholder: boolean;
  /** Those with neighbours, outgoing ones first, then by type and label. */
  readonly groups: readonly NeighbourGroup[];
}

/**
 * Goes from node to node. Like a lineage reader it is bound to one tenant with each call: nodes and neighbours of other
 * tenants are not found and not counted. A placeholder whose key lacks the tenant (an Operation that isn't synced yet)
 * belongs to nobody that one could know of, and isn't found either. Reference nodes are shared; their neighbours aren't.
 */
export interface GraphNavigator {
  /**
   * A node with the first neighbours of each group.
   *
   * @throws NodeNotFoundError, UnknownLabelError, InvalidGraphOptionsError, LineageTimeoutError, other GraphSyncErrors
   */
  node(query: NodeQuery): Promise<GraphNode>;
  /**
   * A page of one group, by the neighbours' ids.
   *
   * @throws the same; InvalidGraphOptionsError also for a relationship that definitions don't have
   */
  neighbours(query: NeighboursQuery): Promise<Page<Neighbour>>;
}

const nodeFields = {
  ...tenantFields,
  label: z.string(),
  id: z.union([
    z
      .bigint()
      .min(-(2n ** 63n))
      .max(2n ** 63n - 1n),
    z.string().max(256),
  ]),
};
const nodeSchema = z.strictObject({ ...nodeFields, limit: limitField.default(10) });
const neighboursSchema = z.strictObject({
  ...nodeFields,
  limit: limitField,
  type: z.string(),
  direction: z.enum(['out', 'in']),
  neighbourLabel: z.string(),
  after: z.string().max(256).optional(),
});

const item = z.object({
  properties: propertyValues,
  isPlaceholder: z.boolean(),
  edgeId: z.bigint().nullable(),
  edge: propertyValues,
});
const nodeRow = z.object({
  properties: propertyValues,
  isPlaceholder: z.boolean(),
  counts: z.array(graphCount),
});
const neighboursRow = z.object({ items: z.array(item) });

/**
 * Makes a navigator on a connection, which stays the caller's to close.
 *
 * @throws InvalidGraphOptionsError
 */
export function createGraphNavigator(connection: GraphConnection, options: ReaderOptions = {}): GraphNavigator {
  const context = { connection, ...resolveReaderOptions(options) };
  return { node: (query) => readNode(context, query), neighbours: (query) => readNeighbours(context, query) };
}

async function readNode(context: LineageContext, query: NodeQuery): Promise<GraphNode> {
  const { label, id, tenantId, limit, signal } = checkOptions(nodeSchema, query);
  const shape = shapeOf(label);
  const parameters = { id: checkId(shape, id), tenantId: BigInt(tenantId), limit: BigInt(limit + 1) };
  return readTransaction(context, signal, async (read) => {
    const [row] = await read(nodeRow, nodeStatement(shape), parameters);
    if (row === undefined) throw new NodeNotFoundError(label, String(id), tenantId);
    const present = shape.relations.flatMap((relation, position) => {
      const count = row.counts[position] ?? 0;
      return count === 0 ? [] : [{ relation, count }];
    });
    // A small statement per group: one for all of them takes the planner seconds. Sent together, they take one way there and back.
    const pages = await Promise.all(
      present.map(({ relation }) =>
        read(neighboursRow, neighboursStatement(shape, relation), { ...parameters, ...FIRST_PAGE }),
      ),
    );
    const groups = present.map(({ relation, count }, position): NeighbourGroup => {
      const { type, direction, label: neighbourLabel } = relation;
      const [page] = pages[position] ?? [];
      return { type, direction, label: neighbourLabel, count, ...neighbourPage(relation, page?.items ?? [], limit) };
    });
    const properties = inOrder(shape, row.properties);
    return { label, id, properties, isPlaceholder: row.isPlaceholder, groups };
  });
}

async function readNeighbours(context: LineageContext, query: NeighboursQuery): Promise<Page<Neighbour>> {
  const { label, id, tenantId, limit, type, direction, neighbourLabel, after, signal } = checkOptions(
    neighboursSchema,
    query,
  );
  const shape = shapeOf(label);
  const relation = shape.relations.find(
    (one) => one.type === type && one.direction === direction && one.label === neighbourLabel,
  );
  if (relation === undefined) {
    throw new InvalidGraphOptionsError(
      [`type: nodes ${label} have no ${type} ${direction} to ${neighbourLabel}`],
      null,
    );
  }
  const [afterId = null, afterEdge = null] = cursorParts(relation, after);
  const parameters = {
    id: checkId(shape, id),
    tenantId: BigInt(tenantId),
    limit: BigInt(limit + 1),
    afterId,
    afterEdge,
  };
  const statement = neighboursStatement(shape, relation);
  const [row] = await readTransaction(context, signal, (read) => read(neighboursRow, statement, parameters));
  if (row === undefined) throw new NodeNotFoundError(label, String(id), tenantId);
  return neighbourPage(relation, row.items, limit);
}

function neighbourPage(relation: Relation, found: readonly z.output<typeof item>[], limit: number): Page<Neighbour> {
  const shape = shapeOf(relation.label);
  const idOf = ({ properties }: { readonly properties: PropertyValues }) => idValue.parse(properties[shape.id]);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next = last === undefined || found.length <= limit ? null : [idOf(last), last.edgeId ?? []].flat().join(':');
  return {
    items: items.map(({ properties, isPlaceholder, edge, ...rest }) => ({
      ...{ label: relation.label, id: idOf({ properties }), properties: inOrder(shape, properties), isPlaceholder },
      edge: rest.edgeId === null ? edge : { id: rest.edgeId, ...edge },
    })),
    next,
  };
}

// As declared; the server returns the entries of a map in any order.
function inOrder({ properties }: LabelShape, values: PropertyValues): PropertyValues {
  return Object.fromEntries(
    properties.flatMap(({ name }) => (name in values ? [[name, values[name] ?? null] as const] : [])),
  );
}

const FIRST_PAGE = { afterId: null, afterEdge: null };
const idValue = z.union([z.bigint(), z.string()]);

function checkId({ label, idKind }: LabelShape, id: bigint | string): bigint | string {
  if ((idKind === 'integer') === (typeof id === 'bigint')) return id;
  throw new InvalidGraphOptionsError([`id: of ${label} it is ${idKind === 'integer' ? 'a bigint' : 'a text'}`], null);
}

function cursorParts(relation: Relation, after: string | undefined): readonly (bigint | string)[] {
  if (after === undefined) return [];
  const { idKind } = shapeOf(relation.label);
  if (idKind === 'text') return [after];
  const parts = relation.edgeId === null ? 1 : 2;
  if (!new RegExp(`^-?\\d{1,18}(:-?\\d{1,18}){${parts - 1}}$`).test(after)) {
    throw new InvalidGraphOptionsError(['after: must be `next` of the page before'], null);
  }
  return after.split(':').map(BigInt);
}

import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { InvalidGraphOptionsError, NodeNotFoundError } from '../errors.ts';
import { graphCount } from '../lineage/atom-summary.ts';
import { limitField, type Page, type TenantQuery, tenantFields } from '../lineage/lineage-options.ts';
import { type LineageContext, readRows, readTransaction } from '../lineage/read-transaction.ts';
import { parseOptions, parseReaderOptions, type ReaderOptions } from '../options.ts';
import { type LabelShape, type Relation, shapeOf } from './graph-shape.ts';
import { countsStatement, listedProperties, neighboursStatement, nodeStatement } from './node-statements.ts';
import { namedValues, type PropertyValues, returnedValues } from './property-value.ts';

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
const directions = z.enum(['out', 'in']);
const nodeSchema = z.strictObject({ ...nodeFields, limit: limitField.default(10) });
const neighboursSchema = z.strictObject({
  ...nodeFields,
  limit: limitField,
  type: z.string(),
  direction: directions,
  neighbourLabel: z.string(),
  after: z.string().max(256).optional(),
});

/** Values of the neighbour, whether it is a placeholder, id of the relationship and its values. */
const item = z.tuple([returnedValues, z.boolean(), z.bigint().nullable(), returnedValues]);
const group = z.tuple([directions, z.string(), z.string(), graphCount, z.array(item)]);
const nodeRow = z.object({
  properties: returnedValues,
  isPlaceholder: z.boolean(),
  relationships: graphCount,
  groups: z.array(group),
});
const countsRow = z.object({ counts: z.array(graphCount) });
const neighboursRow = z.object({ items: z.array(item) });

/**
 * Makes a navigator on a connection, which stays the caller's to close.
 *
 * @throws InvalidGraphOptionsError
 */
export function createGraphNavigator(connection: GraphConnection, options: ReaderOptions = {}): GraphNavigator {
  const context = { connection, ...parseReaderOptions(options) };
  return { node: (query) => readNode(context, query), neighbours: (query) => readNeighbours(context, query) };
}

async function readNode(context: LineageContext, query: NodeQuery): Promise<GraphNode> {
  const { label, id, tenantId, limit, signal } = parseOptions(nodeSchema, query);
  const shape = shapeOf(label);
  const asked = { id: checkId(shape, id), tenantId: BigInt(tenantId), limit: BigInt(limit + 1) };
  const parameters = { ...asked, most: BigInt(largestRequest) };
  const [row] = await readRows(context, signal, nodeRow, nodeStatement(shape), parameters);
  if (row === undefined) throw new NodeNotFoundError(label, String(id), tenantId);
  const { isPlaceholder, relationships } = row;
  const groups =
    relationships <= largestRequest
      ? groupsOf(shape, row.groups, limit)
      : await readLargeGroups(context, { ...query, limit }, shape, asked);
  return { label, id, properties: namedValues(shape.properties, row.properties), isPlaceholder, groups };
}

/** Groups of a node with so many relationships that counting and sorting them type by type is cheaper. */
async function readLargeGroups(
  context: LineageContext,
  { label, id, tenantId, limit, signal }: NodeQuery & { readonly limit: number },
  shape: LabelShape,
  parameters: Readonly<Record<string, unknown>>,
): Promise<readonly NeighbourGroup[]> {
  return readTransaction(context, signal, async (read) => {
    const [row] = await read(countsRow, countsStatement(shape), parameters);
    if (row === undefined) throw new NodeNotFoundError(label, String(id), tenantId);
    const present = shape.relations.flatMap((relation, position) => {
      const count = row.counts[position] ?? 0;
      return count === 0 ? [] : [{ relation, count }];
    });
    // A small statement per group: planning one for all of them takes seconds. Sent together, they take one round trip.
    const pages = await Promise.all(
      present.map(({ relation }) =>
        read(neighboursRow, neighboursStatement(shape, relation), { ...parameters, ...firstPage }),
      ),
    );
    return present.map(({ relation, count }, position) => {
      const [page] = pages[position] ?? [];
      return neighbourGroup(relation, count, page?.items ?? [], limit);
    });
  });
}

/** Groups in the order of the relations; what the graph has besides those that definitions declare is left out. */
function groupsOf(shape: LabelShape, found: readonly z.output<typeof group>[], limit: number): NeighbourGroup[] {
  return shape.relations.flatMap((relation) => {
    const own = found.find(
      ([way, type, label]) => way === relation.direction && type === relation.type && label === relation.label,
    );
    if (own === undefined) return [];
    const [, , , count, items] = own;
    return [neighbourGroup(relation, count, items, limit)];
  });
}

async function readNeighbours(context: LineageContext, query: NeighboursQuery): Promise<Page<Neighbour>> {
  const { label, id, tenantId, limit, type, direction, neighbourLabel, after, signal } = parseOptions(
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
  const [row] = await readRows(context, signal, neighboursRow, statement, parameters);
  if (row === undefined) throw new NodeNotFoundError(label, String(id), tenantId);
  return neighbourPage(relation, row.items, limit);
}

function neighbourGroup(
  relation: Relation,
  count: number,
  items: readonly z.output<typeof item>[],
  limit: number,
): NeighbourGroup {
  const { type, direction: way, label } = relation;
  return { type, direction: way, label, count, ...neighbourPage(relation, items, limit) };
}

function neighbourPage(relation: Relation, found: readonly z.output<typeof item>[], limit: number): Page<Neighbour> {
  const { label, edgeProperties } = relation;
  const shape = shapeOf(label);
  const shown = listedProperties(shape);
  const items = found.slice(0, limit).map(([values, isPlaceholder, edgeId, edgeValues]): Neighbour => {
    const properties = namedValues(shown, values);
    const edge = namedValues(edgeProperties, edgeValues);
    const id = idValue.parse(properties[shape.id]);
    return { label, id, properties, isPlaceholder, edge: edgeId === null ? edge : { id: edgeId, ...edge } };
  });
  const last = items.at(-1);
  const edgeId = found[items.length - 1]?.[2] ?? [];
  const next = last === undefined || found.length <= limit ? null : [last.id, edgeId].flat().join(':');
  return { items, next };
}

/**
 * Up to this many relationships of a node, one statement walks through all of them and sorts them. Too few: documents with hundreds of
 * sections take several statements. Too many: reading a tenant's node would sort everything that the tenant has.
 */
const largestRequest = 1_000;

const firstPage = { afterId: null, afterEdge: null };
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

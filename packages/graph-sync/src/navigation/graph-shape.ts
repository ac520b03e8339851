import {
  type AnyEntity,
  type Column,
  entities,
  graphSchema,
  type NodeProjection,
} from '@hartonomous/provenance-schema';
import { UnknownLabelError } from '../errors.ts';
import { keyHint } from '../statements.ts';

/** Relationships of a label in one direction to another label, as entity definitions declare them. */
export interface Relation {
  readonly type: string;
  /** `out`: the relationship starts at the node in question. */
  readonly direction: 'out' | 'in';
  /** Label at the other end. */
  readonly label: string;
  /** Properties of such a relationship besides its own id; none where a column stands for it. */
  readonly edgeProperties: readonly ShownProperty[];
  /** Property with the id of the relationship's row; two nodes may then have several. */
  readonly edgeId: string | null;
}

/** What definitions say of a label. */
export interface LabelShape {
  readonly label: string;
  /** Property that a person knows a node by: the entity's id, or the value of a reference node. */
  readonly id: string;
  readonly idKind: 'integer' | 'text';
  /** Property with the tenant; `null` for reference nodes, which all tenants share. */
  readonly tenant: string | null;
  /** Says by which index a node is found; nothing for reference nodes, of which there are a handful. */
  readonly hint: (variable: string) => string;
  /** All properties, the key among them. */
  readonly properties: readonly ShownProperty[];
  readonly relations: readonly Relation[];
}

/** A property of a node or relationship. */
export interface ShownProperty {
  readonly name: string;
  /** `text`: may be of any length and is cut in lists. `bulk`: left out of lists. */
  readonly size: 'short' | 'text' | 'bulk';
  /** Whether it is a point in time. */
  readonly isTime: boolean;
}

/** Longest binary value, in bytes, that a list shows: a hash, but no embedding. */
const longestInList = 64;

const shapes = new Map<string, LabelShape>();
for (const entity of entities) {
  if (entity.graph.kind === 'node') shapes.set(entity.graph.label, nodeShape(entity, entity.graph));
}
for (const { label, key, properties } of graphSchema.referenceNodes) {
  if (shapes.has(label)) continue;
  shapes.set(label, {
    ...{ label, id: key.property, idKind: 'text', tenant: null, hint: () => '', relations: relationsOf(label) },
    properties: [key.property, ...Object.keys(properties)].map((name) => ({ name, size: 'short', isTime: false })),
  });
}

/** All labels that nodes are looked up by. */
export const navigableLabels: readonly string[] = [...shapes.keys()];

/** @throws UnknownLabelError for a label that no definition has; text from outside never gets into a statement */
export function shapeOf(label: string): LabelShape {
  const shape = shapes.get(label);
  if (shape === undefined) throw new UnknownLabelError(label, navigableLabels);
  return shape;
}

function nodeShape(entity: AnyEntity, graph: NodeProjection): LabelShape {
  const id = graph.key.find(({ column }) => column === entity.key);
  const tenant = entity.columns[entity.tenant]?.property ?? null;
  if (id === undefined || tenant === null) {
    throw new TypeError(`Entity ${entity.name}: its nodes must carry ${entity.key} and ${entity.tenant}.`);
  }
  return {
    ...{ label: graph.label, id: id.property, idKind: 'integer', tenant, relations: relationsOf(graph.label) },
    hint: (variable) => keyHint(variable, graph),
    properties: Object.values(entity.columns).flatMap(shownProperty),
  };
}

function shownProperty({ property, sqlType, kind }: Column): ShownProperty[] {
  return property === null ? [] : [{ name: property, size: sizeOf(sqlType), isTime: kind === 'time' }];
}

function sizeOf(sqlType: string): ShownProperty['size'] {
  if (sqlType === 'NVARCHAR(MAX)') return 'text';
  const length = /^VARBINARY\((\w+)\)$/.exec(sqlType)?.[1];
  return length !== undefined && !(Number(length) <= longestInList) ? 'bulk' : 'short';
}

function relationsOf(label: string): Relation[] {
  const relations = entities.flatMap((entity): Relation[] => {
    const { graph } = entity;
    if (graph.kind === 'edge') {
      const edgeProperties = Object.values(entity.columns)
        .flatMap(shownProperty)
        .filter(({ name }) => name !== graph.id.property);
      return graph.type.values.flatMap((type): Relation[] => [
        ...(graph.from.label === label
          ? [{ type, direction: 'out' as const, label: graph.to.label, edgeProperties, edgeId: graph.id.property }]
          : []),
        ...(graph.to.label === label
          ? [{ type, direction: 'in' as const, label: graph.from.label, edgeProperties, edgeId: graph.id.property }]
          : []),
      ]);
    }
    return entity.edges.flatMap(({ type, direction, end }): Relation[] => {
      const plain = { type, edgeProperties: [], edgeId: null };
      const other = direction === 'out' ? 'in' : 'out';
      return [
        ...(graph.label === label ? [{ ...plain, direction, label: end.label }] : []),
        ...(end.label === label ? [{ ...plain, direction: other, label: graph.label } as const] : []),
      ];
    });
  });
  return relations.toSorted(
    (a, b) => compare(b.direction, a.direction) || compare(a.type, b.type) || compare(a.label, b.label),
  );
}

function compare(first: string, second: string): number {
  return first < second ? -1 : Number(first > second);
}

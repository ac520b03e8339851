import type { Column } from './column.ts';

/** A graph property that identifies a node, and the column that its value comes from. */
export interface KeyProperty<ColumnName extends string = string> {
  readonly property: string;
  readonly column: ColumnName;
}

/** A node found by its label and key; as an end of an edge it may not be in the graph yet. */
export interface EndPoint<ColumnName extends string = string> {
  readonly label: string;
  readonly key: readonly KeyProperty<ColumnName>[];
}

/** The entity is a node of the graph. */
export interface NodeProjection<ColumnName extends string = string> extends EndPoint<ColumnName> {
  readonly kind: 'node';
  /**
   * Properties, each set of them together, that no two nodes may share although they aren't the key. A constraint of the
   * graph says so, and the table has the same rule: the writer takes them away from a node whose row has changed or gone
   * since, and whose own message is still to come.
   */
  readonly unique?: readonly (readonly KeyProperty<ColumnName>[])[];
  /** Its nodes carry vectors, which come from a table of their own. */
  readonly vectors?: VectorProjection;
}

/**
 * Vectors of a node: of several models, a property and an edge for each. The edge leads to the model's node and says where the
 * vector came from; a vector without its edge, and an edge without its vector, are faults.
 */
export interface VectorProjection {
  /** Start of the properties' names; the model's key follows. */
  readonly prefix: string;
  /** Type of the edges. */
  readonly type: string;
  readonly model: { readonly label: string; readonly key: string };
}

/** The entity is an edge of the graph: its table has a row per edge. */
export interface EdgeProjection<ColumnName extends string = string> {
  readonly kind: 'edge';
  /** The relationship type is the value of `column`, one of `values`; nothing else ever becomes a type. */
  readonly type: { readonly column: ColumnName; readonly values: readonly string[] };
  readonly from: EndPoint<ColumnName>;
  readonly to: EndPoint<ColumnName>;
  /** Property of the edge that holds the row's own id, by which it is found again. */
  readonly id: KeyProperty<ColumnName>;
}

/**
 * An edge that a foreign key of the entity's table stands for. `out` runs from the entity to the other end, `in` from
 * the other end to the entity. A row with NULL in one of the key columns has no such edge.
 */
export interface ColumnEdge<ColumnName extends string = string> {
  readonly type: string;
  readonly direction: 'out' | 'in';
  readonly end: EndPoint<ColumnName>;
}

/** One entity type, declared once: SQL table, key, columns, and what it is in the graph. */
export interface EntityDefinition<Name extends string = string, ColumnName extends string = string> {
  /** The `EntityType` of messages. */
  readonly name: Name;
  /** What it is, in one sentence; the reference page has it. */
  readonly description: string;
  readonly table: { readonly schema: string; readonly name: string };
  /** The id column: the `EntityId` of messages; unique across tenants. */
  readonly key: ColumnName;
  /** The column with the tenant's id. */
  readonly tenant: ColumnName;
  readonly columns: Readonly<Record<ColumnName, Column>>;
  readonly graph: NodeProjection<ColumnName> | EdgeProjection<ColumnName>;
  /** Edges from columns; empty for an entity that is an edge itself. */
  readonly edges: readonly ColumnEdge<ColumnName>[];
}

/** Any entity, its column names forgotten: what code that works on all entities takes. */
export type AnyEntity = EntityDefinition;

// Labels, types, properties and SQL names are put into statement texts, so they must be plain words.
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Declares an entity type and checks the declaration, which is code and not input: a mistake in it is a `TypeError`.
 *
 * @throws TypeError when a name isn't a plain word, when what is unique isn't a property of its column, or when a node's key
 * has a column other than the id and tenant columns. (The key of a row that is gone must be known from its message, which carries those two only.)
 */
export function defineEntity<const Name extends string, Columns extends Readonly<Record<string, Column>>>(
  definition: EntityDefinition<Name, keyof NoInfer<Columns> & string> & { readonly columns: Columns },
): EntityDefinition<Name, keyof Columns & string> {
  for (const name of namesIn(definition)) {
    if (!plainName.test(name)) throw new TypeError(`Entity ${definition.name}: "${name}" must be a plain word.`);
  }
  if (definition.graph.kind === 'node') {
    for (const { column } of definition.graph.key) {
      if (column !== definition.key && column !== definition.tenant) {
        throw new TypeError(
          `Entity ${definition.name}: key column ${column} must be ${definition.key} or ${definition.tenant}, ` +
            'because the message about a deleted row carries nothing else.',
        );
      }
    }
    const { key, unique = [] } = definition.graph;
    for (const { property, column } of unique.flat()) {
      if (definition.columns[column]?.property !== property || key.some((part) => part.property === property)) {
        throw new TypeError(
          `Entity ${definition.name}: ${property} must be a property of ${column} and not of the key.`,
        );
      }
    }
  } else if (definition.edges.length > 0) {
    throw new TypeError(`Entity ${definition.name}: an edge has no edges of its own.`);
  }
  return Object.freeze(definition);
}

function namesIn(definition: AnyEntity): string[] {
  const { graph } = definition;
  const ends: EndPoint[] = definition.edges.map((edge) => edge.end);
  const names = [definition.name, definition.table.schema, definition.table.name, ...Object.keys(definition.columns)];
  for (const { property } of Object.values(definition.columns)) if (property !== null) names.push(property);
  for (const edge of definition.edges) names.push(edge.type);
  if (graph.kind === 'node') {
    ends.push(graph);
    names.push(...(graph.unique ?? []).flatMap((key) => key.map(({ property }) => property)));
    if (graph.vectors !== undefined) {
      const { prefix, type, model } = graph.vectors;
      names.push(prefix, type, model.label, model.key);
    }
  } else {
    ends.push(graph.from, graph.to);
    names.push(graph.id.property, ...graph.type.values);
  }
  for (const end of ends) names.push(end.label, ...end.key.map(({ property }) => property));
  return names;
}

import { type AnyEntity, type EndPoint, entities, graphSchema } from '@hartonomous/provenance-schema';
import type { Sample } from './entity-samples.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What a sample row is in the graph by its entity's definition: a line for the node and for each edge. */
export function graphLines(entity: AnyEntity, id: bigint, sample: Sample): readonly string[] {
  const value = (column: string) => (column === entity.key ? id : (sample.get(column)?.graph ?? null));
  const own: Record<string, unknown> = {};
  for (const [name, { property }] of Object.entries(entity.columns)) {
    if (property !== null && value(name) !== null) own[property] = value(name);
  }
  const node = ({ label, key }: EndPoint) =>
    nodeKeyText(label, Object.fromEntries(key.map(({ property, column }) => [property, value(column)])));
  const { graph } = entity;
  if (graph.kind === 'edge') {
    return [`${node(graph.from)}-[${String(value(graph.type.column))} ${propertiesText(own)}]->${node(graph.to)}`];
  }
  const edges = entity.edges.filter(({ end }) => end.key.every(({ column }) => value(column) !== null));
  return [
    nodeLine(graph.label, own),
    ...edges.map(({ type, direction, end }) => {
      const [from, to] = direction === 'out' ? [graph, end] : [end, graph];
      return `${node(from)}-[${type} {}]->${node(to)}`;
    }),
  ];
}

/** A node of a real graph as such a line; the fencing number is left out. */
export function nodeLine(label: string, properties: Properties): string {
  return `${label} ${propertiesText(properties)}`;
}

/** An edge of a real graph as such a line. */
export function edgeLine(
  from: { readonly label: string; readonly properties: Properties },
  type: string,
  properties: Properties,
  to: { readonly label: string; readonly properties: Properties },
): string {
  const [start, end] = [from, to].map((node) => nodeKeyText(node.label, node.properties));
  return `${start}-[${type} ${propertiesText(properties)}]->${end}`;
}

function nodeKeyText(label: string, properties: Properties): string {
  const key = Object.entries(properties).filter(([name]) => keyProperties(label).includes(name));
  return `(${label} ${propertiesText(Object.fromEntries(key))})`;
}

function keyProperties(label: string): readonly string[] {
  for (const { graph } of entities) {
    if (graph.kind === 'node' && graph.label === label) return graph.key.map(({ property }) => property);
  }
  return graphSchema.referenceNodes.filter((node) => node.label === label).map(({ key }) => key.property);
}

function propertiesText(properties: Properties): string {
  const entries = Object.entries(properties)
    .filter(([name]) => name !== 'syncSequence')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, value]) => `${name}: ${valueText(value)}`).join(', ')}}`;
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(String).join(' ')}]` : String(value);
}

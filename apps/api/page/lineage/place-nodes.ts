import type { LineageGraph } from './lineage-graph.ts';

/** Where something is drawn. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Width of a node and of a step to the next layer, height of a node and of a step down, in pixels at zoom 1. */
export const nodeSize = { width: 150, height: 44, stepX: 230, stepY: 52 } as const;

/** Times that each layer is put in the order of its neighbours; more changes little. */
const sweeps = 4;

/**
 * Places the nodes of a graph in layers from left to right: sources left, results right. In a layer, nodes stand in the order of the
 * nodes that they are connected with, which keeps edges from crossing; what "and N more" stands for comes last.
 */
export function placeNodes(graph: LineageGraph): ReadonlyMap<string, Place> {
  const layers = new Map<number, string[]>();
  const layerOf = new Map<string, number>();
  const add = (id: string, layer: number) => {
    layerOf.set(id, layer);
    const ids = layers.get(layer) ?? [];
    ids.push(id);
    layers.set(layer, ids);
  };
  for (const { id, layer } of graph.nodes.values()) add(id, layer);
  const neighbours = new Map<string, string[]>();
  const connect = (one: string, other: string) => {
    neighbours.set(one, [...(neighbours.get(one) ?? []), other]);
  };
  for (const { childId, parentId } of graph.edges.values()) {
    connect(childId, parentId);
    connect(parentId, childId);
  }
  for (const [key, { of, direction }] of graph.rests) {
    add(key, (layerOf.get(of) ?? 0) + (direction === 'up' ? -1 : 1));
    connect(key, of);
  }
  const ranks = new Map<string, number>();
  const rank = (ids: readonly string[]) => {
    for (const [index, id] of ids.entries()) ranks.set(id, index - (ids.length - 1) / 2);
  };
  for (const ids of layers.values()) rank(ids);
  const order = [...layers.keys()].sort((one, other) => Math.abs(one) - Math.abs(other));
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const layer of order) {
      const ids = layers.get(layer) ?? [];
      const wish = (id: string) => {
        const others = neighbours.get(id) ?? [];
        const sum = others.reduce((total, other) => total + (ranks.get(other) ?? 0), 0);
        return others.length === 0 ? (ranks.get(id) ?? 0) : sum / others.length;
      };
      const wishes = new Map(ids.map((id) => [id, wish(id)]));
      ids.sort(
        (one, other) =>
          Number(graph.rests.has(one)) - Number(graph.rests.has(other)) ||
          (wishes.get(one) ?? 0) - (wishes.get(other) ?? 0),
      );
      rank(ids);
    }
  }
  return new Map(
    [...layerOf].map(([id, layer]) => [id, { x: layer * nodeSize.stepX, y: (ranks.get(id) ?? 0) * nodeSize.stepY }]),
  );
}

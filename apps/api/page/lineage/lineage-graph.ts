import type { Entity, Group, LineagePath, Neighbour } from '../api.ts';

/** Up: what an atom was made from, drawn to its left. Down: what was made of it, to its right. */
export type Direction = 'up' | 'down';

/** An atom that is drawn. */
export interface GraphNode {
  readonly id: string;
  readonly atomType: string | null;
  readonly preview: string | null;
  readonly isPlaceholder: boolean;
  /** Steps to the right of the atom that was asked about; negative to its left. */
  readonly layer: number;
}

/** An edge from a child to what it was made from. */
export interface GraphEdge {
  readonly type: string;
  readonly childId: string;
  readonly parentId: string;
}

/** Neighbours that aren't drawn. */
export interface Rest {
  readonly of: string;
  readonly direction: Direction;
  readonly left: number;
  readonly group: Pick<Group, 'type' | 'direction' | 'next'>;
}

/** What of a lineage is drawn. It grows node by node and draws nothing itself. */
export class LineageGraph {
  readonly rootId: string;
  readonly nodes = new Map<string, GraphNode>();
  readonly edges = new Map<string, GraphEdge>();
  readonly rests = new Map<string, Rest>();
  /** `id:up`, `id:down`: whose neighbours are drawn. */
  readonly opened = new Set<string>();

  constructor(root: Omit<GraphNode, 'layer'>) {
    this.rootId = root.id;
    this.nodes.set(root.id, { ...root, layer: 0 });
  }

  /** Adds the neighbours that an answer about an atom has, in a direction. */
  open(id: string, direction: Direction, groups: readonly Group[]): void {
    this.opened.add(`${id}:${direction}`);
    for (const group of groups) {
      if (group.label !== 'Atom' || directionOf(group) !== direction) continue;
      this.add(id, group, group.items, group.next, group.count - group.items.length);
    }
  }

  /** Adds one page of a group. */
  add(
    id: string,
    { type, direction }: Pick<Group, 'type' | 'direction'>,
    items: readonly Neighbour[],
    next: string | null,
    left: number,
  ): void {
    const way = directionOf({ direction });
    const layer = (this.nodes.get(id)?.layer ?? 0) + (way === 'up' ? -1 : 1);
    for (const neighbour of items) {
      if (!this.nodes.has(neighbour.id)) this.nodes.set(neighbour.id, { ...nodeOf(neighbour), layer });
      const [childId, parentId] = way === 'up' ? [id, neighbour.id] : [neighbour.id, id];
      this.edges.set(`${childId} ${type} ${parentId}`, { type, childId, parentId });
    }
    const key = `${id} ${type} ${way}`;
    if (next === null || left <= 0) this.rests.delete(key);
    else this.rests.set(key, { of: id, direction: way, left, group: { type, direction, next } });
  }

  /** A graph of nothing but a way between two atoms. */
  static ofPath({ atoms, edges }: LineagePath): LineageGraph | undefined {
    const [first, ...others] = atoms;
    if (first === undefined) return undefined;
    const graph = new LineageGraph(first);
    let { id: before } = first;
    let layer = 0;
    for (const atom of others) {
      const isUp = edges.some(({ childId, parentId }) => childId === before && parentId === atom.id);
      layer += isUp ? -1 : 1;
      graph.nodes.set(atom.id, { ...atom, layer });
      before = atom.id;
    }
    for (const edge of edges) graph.edges.set(edge.id, edge);
    return graph;
  }

  /** Ids of all atoms that lead to an atom, or from it, along edges that are drawn. */
  related(id: string): ReadonlySet<string> {
    const found = new Set([id]);
    for (const [from, to] of [
      ['childId', 'parentId'],
      ['parentId', 'childId'],
    ] as const) {
      const waiting = [id];
      for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
        for (const edge of this.edges.values()) {
          if (edge[from] !== one || found.has(edge[to])) continue;
          found.add(edge[to]);
          waiting.push(edge[to]);
        }
      }
    }
    return found;
  }
}

/** How many lineage neighbours an atom has in a direction. */
export function countOf({ groups }: Pick<Entity, 'groups'>, direction: Direction): number {
  return groups
    .filter((group) => group.label === 'Atom' && directionOf(group) === direction)
    .reduce((sum, { count }) => sum + count, 0);
}

function directionOf({ direction }: Pick<Group, 'direction'>): Direction {
  return direction === 'out' ? 'up' : 'down';
}

/** What is drawn of a neighbour. */
function nodeOf({ id, properties, isPlaceholder }: Neighbour): Omit<GraphNode, 'layer'> {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return { id, atomType: text(properties.atomType), preview: text(properties.canonicalText), isPlaceholder };
}

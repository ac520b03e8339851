import cytoscape, { type Core, type ElementDefinition } from 'cytoscape';
import type { LineageGraph } from './lineage-graph.ts';
import { nodeSize, placeNodes } from './place-nodes.ts';

/** What happens to a drawing. */
export interface DrawingEvents {
  /** A node was chosen, or none. */
  readonly onChosen: (id: string | undefined) => void;
  /** What "and N more" stands for is wanted. */
  readonly onMore: (key: string) => void;
}

const shownLabel = 34;

/** A lineage on a canvas. The same is in the tree beside it, for all who can't see or point. */
export class Drawing {
  readonly #core: Core;
  readonly #colours: MediaQueryList;
  readonly #onColours: () => void;

  constructor(container: HTMLElement, { onChosen, onMore }: DrawingEvents) {
    this.#core = cytoscape({
      container,
      style: styleOf(container),
      layout: { name: 'preset' },
      minZoom: 0.05,
      maxZoom: 2.5,
      autoungrabify: true,
      boxSelectionEnabled: false,
      // A page that scrolls must not stand still where the pointer comes over the drawing.
      userZoomingEnabled: false,
    });
    this.#core.on('tap', 'node', ({ target }) => {
      const { rest, id } = target.data();
      if (rest === true) onMore(id);
      else onChosen(id);
    });
    this.#core.on('tap', ({ target }) => {
      if (target === this.#core) onChosen(undefined);
    });
    this.#colours = matchMedia('(prefers-color-scheme: dark)');
    this.#onColours = () => this.#core.style(styleOf(container));
    this.#colours.addEventListener('change', this.#onColours);
  }

  /** Draws a graph as it is now. */
  show(graph: LineageGraph, chosen: string | undefined): void {
    const places = placeNodes(graph);
    const related = chosen === undefined ? undefined : graph.related(chosen);
    const classes = (...ids: readonly string[]) =>
      related === undefined || ids.every((id) => related.has(id)) ? '' : 'faint';
    const nodes = [...graph.nodes.values()].map(({ id, atomType, preview, isPlaceholder }): ElementDefinition => {
      const kind = id === graph.rootId ? 'root' : isPlaceholder ? 'placeholder' : '';
      const label = `${atomType ?? 'placeholder'} ${id}\n${(preview ?? '').replaceAll(/\s+/g, ' ').slice(0, shownLabel)}`;
      return {
        group: 'nodes',
        data: { id, label },
        position: { ...(places.get(id) ?? { x: 0, y: 0 }) },
        classes: `${kind} ${classes(id)} ${id === chosen ? 'chosen' : ''}`,
      };
    });
    const rests = [...graph.rests].map(([key, { left }]): ElementDefinition => {
      const position = { ...(places.get(key) ?? { x: 0, y: 0 }) };
      return { group: 'nodes', data: { id: key, rest: true, label: `and ${left} more` }, position, classes: 'rest' };
    });
    const edges = [...graph.edges.values()].map(({ childId, parentId, type }): ElementDefinition => {
      const data = { id: `${childId} ${type} ${parentId}`, source: parentId, target: childId };
      return { group: 'edges', data, classes: `${type.toLowerCase()} ${classes(childId, parentId)}` };
    });
    const restEdges = [...graph.rests].map(([key, { of, direction }]): ElementDefinition => {
      const [source, target] = direction === 'up' ? [key, of] : [of, key];
      return { group: 'edges', data: { id: `edge ${key}`, source, target }, classes: 'faint' };
    });
    this.#core.batch(() => {
      this.#core.elements().remove();
      this.#core.add([...nodes, ...rests, ...edges, ...restEdges]);
    });
  }

  /** The whole of it in the window, no larger than life. */
  fit(): void {
    this.#core.resize();
    this.#core.fit(undefined, 20);
    if (this.#core.zoom() > 1) this.#core.zoom(1);
    this.#core.center();
  }

  zoom(factor: number): void {
    const { width, height } = { width: this.#core.width(), height: this.#core.height() };
    this.#core.zoom({ level: this.#core.zoom() * factor, renderedPosition: { x: width / 2, y: height / 2 } });
  }

  /** Moves the window to a node. */
  goTo(id: string): void {
    this.#core.center(this.#core.getElementById(id));
  }

  close(): void {
    this.#colours.removeEventListener('change', this.#onColours);
    this.#core.destroy();
  }
}

/** Cytoscape knows no variables of CSS: an element that has one shows its colour. */
function colourOf(container: HTMLElement, variable: string): string {
  const probe = document.createElement('span');
  probe.className = `colour-${variable}`;
  container.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function styleOf(container: HTMLElement): cytoscape.StylesheetJson {
  const [text, soft, line, card, link, bad] = ['text', 'soft', 'line', 'card', 'link', 'bad'].map((name) =>
    colourOf(container, name),
  );
  return [
    {
      selector: 'node',
      style: {
        ...{ shape: 'round-rectangle', width: nodeSize.width, height: nodeSize.height, label: 'data(label)' },
        ...{ 'background-color': card ?? '', 'border-color': line ?? '', 'border-width': 1, color: text ?? '' },
        ...{
          'font-size': 11,
          'font-family': 'system-ui, sans-serif',
          'text-valign': 'center',
          'text-halign': 'center',
        },
        ...{ 'text-wrap': 'wrap', 'text-max-width': `${nodeSize.width - 8}px` },
      },
    },
    { selector: 'node.root', style: { 'border-color': link ?? '', 'border-width': 3 } },
    { selector: 'node.placeholder', style: { 'border-color': bad ?? '', 'border-style': 'dashed', 'border-width': 2 } },
    { selector: 'node.rest', style: { 'border-style': 'dashed', color: link ?? '', height: 30 } },
    { selector: 'node.chosen', style: { 'border-color': text ?? '', 'border-width': 3 } },
    {
      selector: 'edge',
      style: {
        ...{ width: 1.5, 'line-color': soft ?? '', 'target-arrow-color': soft ?? '', 'target-arrow-shape': 'triangle' },
        ...{ 'curve-style': 'bezier', 'source-endpoint': '90deg', 'target-endpoint': '270deg' },
      },
    },
    { selector: 'edge.merged_from', style: { 'line-style': 'dashed' } },
    { selector: 'edge.supersedes', style: { 'line-style': 'dotted' } },
    { selector: '.faint', style: { opacity: 0.35 } },
  ];
}

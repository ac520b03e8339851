import { type Entity, type Group, type LineagePath, type Neighbour, read } from '../api.ts';
import { button, download, element, field, say } from '../dom.ts';
import { keepInAddress, type View } from '../view.ts';
import type { Drawing } from './drawing.ts';
import { lineageCsv, lineageJson, lineageSvg } from './export-lineage.ts';
import { countOf, type Direction, LineageGraph } from './lineage-graph.ts';
import { countLine, lineageTree } from './lineage-tree.ts';

/** Neighbours of a kind that one step draws; the others are one node, "and N more". */
const drawnAtOnce = 12;

/** The lineage of an atom: how much there is, a drawing of one step each way, and the same as lists. */
export function lineageSection(view: View, root: Entity): HTMLElement {
  const { signal, query } = view;
  const { id } = root;
  const counts = element('p', { 'data-counts': '' }, 'Counting...');
  void Promise.all([countLine(id, 'ancestors', signal), countLine(id, 'descendants', signal)]).then(
    (lines) => counts.replaceChildren(lines.join(' ')),
    (error: unknown) =>
      counts.replaceChildren(`Not counted: ${error instanceof Error ? error.message : String(error)}`),
  );
  const drawing = element('div');
  const draw = button('Draw it', async () => {
    draw.remove();
    await drawLineage(view, root, drawing);
  });
  const section = element(
    'section',
    { 'aria-label': 'Lineage' },
    element('h2', {}, 'Lineage'),
    counts,
    draw,
    drawing,
    element('h3', {}, 'Made from'),
    lineageTree(id, 'ancestors', signal),
    element('h3', {}, 'What was made of it'),
    lineageTree(id, 'descendants', signal),
  );
  if (query.has('open') || query.has('path')) draw.click();
  return section;
}

async function drawLineage(view: View, root: Entity, into: HTMLElement): Promise<void> {
  const { signal, query } = view;
  // Most of the page's bytes; who draws nothing needs none of them.
  const { Drawing } = await import('./drawing.ts');
  const canvas = element('div', { class: 'graph', 'aria-hidden': 'true' });
  const drawer = element('div', { class: 'drawer', 'aria-live': 'polite' });
  const summary = element('p', { class: 'soft', 'data-drawn': '' });
  const toRoot = {
    id: root.id,
    atomType: textOf(root.properties.atomType),
    preview: textOf(root.properties.canonicalText),
  };
  let graph = new LineageGraph({ ...toRoot, isPlaceholder: root.isPlaceholder });
  let chosen: string | undefined;
  const tools = element('div', { class: 'toolbar' });
  into.append(tools, canvas, summary, drawer);
  const drawn = new Drawing(canvas, {
    onChosen: (id) => {
      chosen = id;
      showAll();
    },
    onMore: (key) => void more(key),
  });
  signal.addEventListener('abort', () => drawn.close(), { once: true });

  const showAll = () => {
    drawn.show(graph, chosen);
    const left = [...graph.rests.values()].reduce((sum, rest) => sum + rest.left, 0);
    const rest = left === 0 ? '' : `, ${left} neighbours are not`;
    summary.textContent = `${graph.nodes.size} atoms and ${graph.edges.size} edges are drawn${rest}.`;
    drawer.replaceChildren(...(chosen === undefined ? [] : details(chosen)));
    const kept = new URLSearchParams(query);
    if (!kept.has('path')) kept.set('open', [...graph.opened].join(','));
    keepInAddress(`/atoms/${root.id}`, kept);
  };
  const open = async (id: string, direction: Direction) => {
    const entity = await read<Entity>(`v1/entities/Atom/${id}?limit=${drawnAtOnce}`, signal);
    graph.open(id, direction, entity.groups);
    if (countOf(entity, direction) === 0) {
      say(direction === 'up' ? `Atom ${id} was made from nothing.` : `Nothing was made of atom ${id}.`);
    }
  };
  const more = async (key: string) => {
    const rest = graph.rests.get(key);
    if (rest === undefined) return;
    const { type, direction, next } = rest.group;
    const page = new URLSearchParams({
      type,
      direction,
      neighbourLabel: 'Atom',
      limit: String(drawnAtOnce),
      after: next ?? '',
    });
    const path = `v1/entities/Atom/${rest.of}/neighbours?${page}`;
    const { items, next: after } = await read<{ items: Neighbour[]; next: Group['next'] }>(path, signal);
    graph.add(rest.of, rest.group, items, after, rest.left - items.length);
    showAll();
  };
  const details = (id: string): Node[] => {
    const node = graph.nodes.get(id);
    const step = (text: string, direction: Direction) =>
      graph.opened.has(`${id}:${direction}`)
        ? []
        : [
            button(text, async () => {
              await open(id, direction);
              showAll();
              drawn.goTo(id);
            }),
          ];
    const rests = [...graph.rests].filter(([, rest]) => rest.of === id);
    return [
      element('h3', {}, `${node?.atomType ?? 'Placeholder'} ${id}`),
      element('p', {}, node?.preview ?? '(no text)'),
      element(
        'p',
        { class: 'buttons' },
        ...step('+ what it was made from', 'up'),
        ...step('+ what was made of it', 'down'),
        ...rests.map(([key, { left }]) => button(`and ${left} more`, () => more(key))),
        element('a', { href: `#/atoms/${id}` }, 'Open the atom'),
      ),
    ];
  };
  tools.append(...toolbar(view, root.id, drawn, () => graph));
  const path = query.get('path');
  if (path === null) {
    const wanted = (query.get('open') ?? '').split(',').flatMap((text) => text.match(/^-?\d+:(?:up|down)$/) ?? []);
    const steps = wanted.length === 0 ? [`${root.id}:up`, `${root.id}:down`] : wanted;
    for (const step of steps) {
      const [id = root.id, direction] = step.split(':');
      if (graph.nodes.has(id)) await open(id, direction === 'up' ? 'up' : 'down');
    }
  } else {
    const found = await read<LineagePath>(`v1/atoms/${root.id}/path?${new URLSearchParams({ to: path })}`, signal);
    graph = LineageGraph.ofPath(found) ?? graph;
    if (!found.found) say(found.truncated ? 'No way within 25 steps.' : 'There is no path between the two.');
  }
  showAll();
  drawn.fit();
}

function toolbar(view: View, id: string, drawn: Drawing, graph: () => LineageGraph): readonly Node[] {
  const to = element('input', {
    name: 'to',
    inputmode: 'numeric',
    pattern: '-?\\d+',
    value: view.query.get('path') ?? '',
  });
  const form = element('form', {}, field('Path to atom', to), element('button', { type: 'submit' }, 'Show'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    location.hash = to.value === '' ? `#/atoms/${id}?open=` : `#/atoms/${id}?path=${to.value}`;
  });
  const find = element('input', { name: 'find', type: 'search' });
  const search = element('form', { role: 'search' }, field('Find in the drawing', find), element('button', {}, 'Go'));
  search.addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = find.value.trim().toLowerCase();
    const found = [...graph().nodes.values()].find(
      (node) => node.id === wanted || `${node.atomType} ${node.preview}`.toLowerCase().includes(wanted),
    );
    if (found === undefined) say('It is not drawn.');
    else drawn.goTo(found.id);
  });
  const buttons = element(
    'p',
    { class: 'buttons' },
    button('Fit to view', () => drawn.fit()),
    button('Zoom in', () => drawn.zoom(1.3)),
    button('Zoom out', () => drawn.zoom(1 / 1.3)),
    button('SVG', () => download(`lineage-${id}.svg`, 'image/svg+xml', lineageSvg(graph()))),
    button('CSV', () => download(`lineage-${id}.csv`, 'text/csv', lineageCsv(graph()))),
    button('JSON', () => download(`lineage-${id}.json`, 'application/json', lineageJson(graph()))),
  );
  return [form, search, buttons];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 80) : null;
}

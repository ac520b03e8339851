import { type Atom, type AtomPage, type Entity, type Found, read } from './api.ts';
import { button, element, facts, sayError } from './dom.ts';
import { freshness } from './queues.ts';
import type { View } from './view.ts';

/** Atoms that one step shows at a time. */
const pageSize = 50;

/** An atom: what it is, where it came from, what was made of it, and what is like it. */
export async function showAtom({ main, signal }: View, id: string): Promise<void> {
  const entity = await read<Entity>(`v1/entities/Atom/${id}?limit=1`, signal);
  const { canonicalText, embedding: _, ...properties } = entity.properties;
  const kinds = entity.groups.map(({ type, direction, label, count }) =>
    element('li', {}, `${direction === 'out' ? `${type} →` : `← ${type}`} ${label}: ${count}`),
  );
  const fresh = element('p', { class: 'soft' }, 'Looking how fresh the graph is...');
  const near = element('div');
  main.replaceChildren(
    element('h1', {}, `Atom ${id}`),
    fresh,
    ...(entity.isPlaceholder
      ? [element('p', { class: 'bad' }, 'A placeholder: its own row was not synced yet, or is gone.')]
      : []),
    element('p', {}, typeof canonicalText === 'string' ? canonicalText : '(no text)'),
    facts(Object.entries(properties).map(([name, value]) => [name, value === null ? null : String(value)])),
    element('h2', {}, 'Connected with'),
    kinds.length === 0 ? element('p', {}, 'Nothing.') : element('ul', {}, ...kinds),
    element('h2', {}, 'Made from'),
    branch(id, 'ancestors', signal),
    element('h2', {}, 'What was made of it'),
    branch(id, 'descendants', signal),
    element('h2', {}, 'Similar'),
    near,
  );
  document.title = `Atom ${id} · Hartonomous`;
  await Promise.all([
    freshness(signal).then(
      (text) => fresh.replaceChildren(text),
      (error: unknown) => fresh.replaceChildren(`How fresh the graph is can't be seen: ${String(error)}`),
    ),
    read<Found>(`v1/atoms/${id}/similar?limit=10`, signal).then(
      ({ items }) =>
        near.replaceChildren(
          element(
            'ol',
            {},
            ...items.map((item) =>
              element('li', {}, linkOf({ ...item, preview: item.text }), ` ${item.score.toFixed(3)}`),
            ),
          ),
        ),
      (error: unknown) => near.replaceChildren(error instanceof Error ? error.message : String(error)),
    ),
  ]);
}

/** One step in a direction, with a button on each atom for the next one: no more is read than is looked at. */
function branch(id: string, direction: 'ancestors' | 'descendants', signal: AbortSignal): HTMLElement {
  const list = element('ul', { class: 'tree' });
  void addStep(list, id, direction, null, signal).catch(sayError);
  return list;
}

async function addStep(
  list: HTMLElement,
  id: string,
  direction: 'ancestors' | 'descendants',
  after: string | null,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ depth: '1', limit: String(pageSize), ...(after === null ? {} : { after }) });
  const page = await read<AtomPage>(`v1/atoms/${id}/${direction}?${query}`, signal);
  if (page.total === 0) list.append(element('li', { class: 'soft' }, 'None.'));
  for (const atom of page.items) list.append(nodeOf(atom, direction, signal));
  if (page.next === null) return;
  const left = page.total - list.children.length;
  const item = element('li');
  item.append(
    button(`and ${left} more`, async () => {
      item.remove();
      await addStep(list, id, direction, page.next, signal);
    }),
  );
  list.append(item);
}

function nodeOf(atom: Atom, direction: 'ancestors' | 'descendants', signal: AbortSignal): HTMLLIElement {
  const item = element('li');
  const what = direction === 'ancestors' ? 'what it was made from' : 'what was made of it';
  const toggle = button(
    '+',
    async () => {
      const open = item.querySelector(':scope > ul');
      toggle.setAttribute('aria-expanded', String(open === null));
      toggle.textContent = open === null ? '−' : '+';
      if (open === null) item.append(branch(atom.id, direction, signal));
      else open.remove();
    },
    { 'aria-expanded': 'false', 'aria-label': `Atom ${atom.id}: ${what}` },
  );
  item.append(toggle, ' ', linkOf(atom), atom.isPlaceholder ? ' (placeholder)' : '');
  return item;
}

function linkOf({ id, atomType, preview }: Pick<Atom, 'id' | 'atomType' | 'preview'>): Node {
  const link = element('a', { href: `#/atoms/${id}` }, `${atomType ?? 'atom'} ${id}`);
  return element('span', {}, link, preview === null ? '' : ` ${preview.slice(0, 80)}`);
}

import { type Atom, type AtomPage, read } from '../api.ts';
import { button, element, sayError } from '../dom.ts';
import { counted } from '../words.ts';

/** Atoms that one step shows at a time. */
const pageSize = 50;

type Walk = 'ancestors' | 'descendants';

/** A lineage as lists in lists, without a canvas: one step in a direction, with a button on each atom for the next one. */
export function lineageTree(id: string, walk: Walk, signal: AbortSignal): HTMLElement {
  const list = element('ul', { class: 'tree' });
  void addStep(list, id, walk, null, signal).catch(sayError);
  return list;
}

async function addStep(
  list: HTMLElement,
  id: string,
  walk: Walk,
  after: string | null,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ depth: '1', limit: String(pageSize), ...(after === null ? {} : { after }) });
  const page = await read<AtomPage>(`v1/atoms/${id}/${walk}?${query}`, signal);
  if (page.total === 0) list.append(element('li', { class: 'soft' }, 'None.'));
  const added = page.items.map((atom) => nodeOf(atom, walk, signal));
  list.append(...added);
  // Who pressed "more" goes on where it was.
  if (after !== null) added[0]?.querySelector('button')?.focus();
  if (page.next === null) return;
  const left = page.total - list.children.length;
  const item = element('li');
  item.append(
    button(`and ${left.toLocaleString()} more`, async () => {
      item.remove();
      await addStep(list, id, walk, page.next, signal);
    }),
  );
  list.append(item);
}

function nodeOf(atom: Atom, walk: Walk, signal: AbortSignal): HTMLLIElement {
  const item = element('li');
  const what = walk === 'ancestors' ? 'what it was made from' : 'what was made of it';
  const toggle = button(
    '+',
    () => {
      const open = item.querySelector(':scope > ul');
      toggle.setAttribute('aria-expanded', String(open === null));
      toggle.textContent = open === null ? '−' : '+';
      if (open === null) item.append(lineageTree(atom.id, walk, signal));
      else open.remove();
    },
    { 'aria-expanded': 'false', 'aria-label': `Atom ${atom.id}: ${what}` },
  );
  const link = element('a', { href: `#/atoms/${atom.id}` }, `${atom.atomType ?? 'atom'} ${atom.id}`);
  item.append(
    toggle,
    ' ',
    link,
    atom.preview === null ? '' : ` ${atom.preview}`,
    atom.isPlaceholder ? ' (placeholder)' : '',
  );
  return item;
}

/** How many atoms there are in a direction, directly and in all. */
export async function countLine(id: string, walk: Walk, signal: AbortSignal): Promise<string> {
  const [direct, all] = await Promise.all([
    read<AtomPage>(`v1/atoms/${id}/${walk}?depth=1&limit=1`, signal),
    read<AtomPage & { readonly truncated: boolean }>(`v1/atoms/${id}/${walk}?limit=1`, signal),
  ]);
  const what = walk === 'ancestors' ? 'Made from' : 'Made of it:';
  const more = all.truncated ? ', and more beyond 25 steps' : '';
  return `${what} ${counted(direct.total, 'atom')} directly, ${all.total.toLocaleString()} in all${more}.`;
}

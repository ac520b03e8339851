import { type Found, read } from './api.ts';
import { button, element, say } from './dom.ts';
import type { View } from './view.ts';

/** Search by words; an atom's number goes to the atom. */
export async function showSearch({ main, query, signal }: View): Promise<void> {
  const text = query.get('text') ?? '';
  const input = element('input', { type: 'search', name: 'text', value: text, maxlength: '2000', required: '' });
  const form = element(
    'form',
    { role: 'search' },
    element('label', {}, 'Words, or the number of an atom', input),
    element('button', { type: 'submit' }, 'Search'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = input.value.trim();
    location.hash = /^\d+$/.test(wanted) ? `#/atoms/${wanted}` : `#/search?${new URLSearchParams({ text: wanted })}`;
  });
  const results = element('ol');
  main.replaceChildren(element('h1', {}, 'Search'), form, results);
  if (text === '') input.focus();
  else await addPage(results, text, null, signal);
}

async function addPage(list: HTMLOListElement, text: string, after: string | null, signal: AbortSignal): Promise<void> {
  const query = new URLSearchParams({ text, ...(after === null ? {} : { after }) });
  const found = await read<Found>(`v1/search?${query}`, signal);
  for (const { id, atomType, text: content } of found.items) {
    const link = element('a', { href: `#/atoms/${id}` }, `${atomType ?? 'atom'} ${id}`);
    list.append(element('li', {}, link, element('div', {}, content ?? '')));
  }
  say(`${list.children.length} shown${found.next === null ? '' : ', there are more'}.`);
  if (found.next === null) return;
  const more = button('More', async () => {
    more.remove();
    await addPage(list, text, found.next, signal);
  });
  list.after(more);
}

import { type Atom, type AtomPage, type Found, read } from './api.ts';
import { button, choice, element, field, say } from './dom.ts';
import { freshnessLine } from './freshness.ts';
import type { View } from './view.ts';
import { counted, time } from './words.ts';

const ways = [
  ['list', 'newest first'],
  ['words', 'by words'],
  ['meaning', 'by meaning'],
  ['hybrid', 'by words and meaning'],
] as const;

/** Filters of the list; searches take words alone. */
const filters = ['type', 'contentType', 'createdFrom', 'createdBefore'] as const;

/** Atoms: a list with filters, and search. An atom's number goes to the atom. */
export async function showAtoms({ main, query, signal }: View): Promise<void> {
  const text = query.get('text') ?? '';
  const way = ways.find(([name]) => name === query.get('by'))?.[0] ?? (text === '' ? 'list' : 'words');
  const input = element('input', { type: 'search', name: 'text', value: text, maxlength: '2000' });
  const by = choice('by', ways, way);
  const inputs = filters.map((name) => {
    const type = name.startsWith('created') ? 'date' : 'text';
    return element('input', { name, type, value: query.get(name) ?? '' });
  });
  const labels = ['Type', 'Content type', 'Created from', 'Created before'];
  const form = element(
    'form',
    { role: 'search' },
    field('Words, a question, or the number of an atom', input),
    field('Show', by),
    element(
      'details',
      filters.some((name) => query.has(name)) ? { open: '' } : {},
      element('summary', {}, 'Filters of the list'),
      element('div', { class: 'fields' }, ...inputs.map((one, index) => field(labels[index] ?? '', one))),
    ),
    element('button', { type: 'submit' }, 'Show'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    location.hash = addressOf(input.value.trim(), by.value, inputs);
  });
  const results = element('ol', { class: 'atoms' });
  main.replaceChildren(element('h1', {}, 'Atoms'), freshnessLine(signal), form, results);
  await addPage(results, way, query, null, signal);
}

function addressOf(wanted: string, by: string, inputs: readonly HTMLInputElement[]): string {
  if (/^-?\d+$/.test(wanted)) return `#/atoms/${wanted}`;
  const query = new URLSearchParams();
  if (wanted !== '') query.set('text', wanted);
  // Words are there to be searched by.
  if (wanted !== '') query.set('by', by === 'list' ? 'words' : by);
  else for (const { name, value } of inputs) if (value !== '') query.set(name, value);
  return `#/atoms?${query}`;
}

async function addPage(
  list: HTMLOListElement,
  way: (typeof ways)[number][0],
  query: URLSearchParams,
  after: string | null,
  signal: AbortSignal,
): Promise<void> {
  const text = query.get('text') ?? '';
  if (way !== 'list' && text === '') {
    say('Type words or a question.');
    return;
  }
  const sent = new URLSearchParams(after === null ? {} : { after });
  if (way === 'list') {
    for (const name of filters) {
      const value = query.get(name);
      if (value !== null) sent.set(name, name.startsWith('created') ? new Date(value).toISOString() : value);
    }
  } else {
    sent.set('text', text);
    if (way === 'hybrid') sent.set('hybrid', 'true');
  }
  say('Looking...');
  let next: string | null;
  if (way === 'list') {
    const page = await read<AtomPage>(`v1/atoms?${sent}`, signal);
    list.append(...page.items.map((atom) => item(atom, atom.preview, time(atom.createdAt))));
    next = page.next;
  } else {
    const found = await read<Found>(`v1/${way === 'words' ? 'search' : 'similar'}?${sent}`, signal);
    list.append(...found.items.map((one) => item(one, one.text, `score ${one.score.toFixed(3)}`)));
    next = found.next;
  }
  const shown = list.children.length;
  say(
    shown === 0 ? 'Nothing was found.' : `${counted(shown, 'atom')} shown${next === null ? '' : ', there are more'}.`,
  );
  if (next === null) return;
  const more = button('More', async () => {
    more.remove();
    await addPage(list, way, query, next, signal);
  });
  list.after(more);
}

function item(
  { id, atomType }: Pick<Atom, 'id' | 'atomType'>,
  text: string | null,
  detail: string | null,
): HTMLLIElement {
  const link = element('a', { href: `#/atoms/${id}` }, `${atomType ?? 'atom'} ${id}`);
  return element(
    'li',
    {},
    link,
    element('span', { class: 'soft' }, detail === null ? '' : ` ${detail}`),
    element('div', {}, text ?? ''),
  );
}

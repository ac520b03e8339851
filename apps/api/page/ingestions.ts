import { type Ingestions, read } from './api.ts';
import { button, element, facts, say } from './dom.ts';
import type { View } from './view.ts';

/** The latest files, the newest first. */
export async function showIngestions({ main, signal }: View): Promise<void> {
  const list = element('ul', { class: 'cards' });
  main.replaceChildren(element('h1', {}, 'Ingestions'), list);
  await addPage(list, null, signal);
}

async function addPage(list: HTMLUListElement, after: string | null, signal: AbortSignal): Promise<void> {
  const query = new URLSearchParams(after === null ? {} : { after });
  const { items, next } = await read<Ingestions>(`v1/ingestions?${query}`, signal);
  list.append(...items.map(card));
  if (list.children.length === 0) say('No files yet.');
  if (next === null) return;
  const more = button('More', async () => {
    more.remove();
    await addPage(list, next, signal);
  });
  list.after(more);
}

function card(one: Ingestions['items'][number]): HTMLLIElement {
  const { id, state, fileName, documentAtomId, newAtoms, bytes, errorCode, errorText, enqueuedAt, finishedAt } = one;
  const local = (time: string | null) => (time === null ? null : new Date(time).toLocaleString());
  return element(
    'li',
    {},
    element('h2', {}, fileName),
    element('p', state === 'DEAD_LETTERED' ? { class: 'bad' } : {}, state),
    facts([
      ['number', id],
      ['bytes', bytes === null ? null : String(bytes)],
      ['new atoms', newAtoms === null ? null : String(newAtoms)],
      ['sent', local(enqueuedAt)],
      ['ended', local(finishedAt)],
      [
        'document',
        documentAtomId === null ? null : element('a', { href: `#/atoms/${documentAtomId}` }, documentAtomId),
      ],
    ]),
    errorCode === null ? null : element('p', { class: 'bad' }, `${errorCode}: ${errorText ?? ''}`),
  );
}

import { post, read } from './api.ts';
import { button, choice, element, field, say, sayError, table } from './dom.ts';
import { freshnessLine } from './freshness.ts';
import { keepInAddress, type View } from './view.ts';
import { counted, time } from './words.ts';

const queues = [
  ['sync', 'graph synchronization'],
  ['ingestion', 'ingestion'],
  ['embedding', 'embeddings'],
] as const;

interface Reasons {
  readonly items: readonly {
    readonly reasonCode: string;
    readonly letters: number;
    readonly firstAt: string;
    readonly lastAt: string;
  }[];
}

interface Letter {
  readonly id: string;
  readonly subject: string;
  readonly reasonCode: string;
  readonly reasonText: string;
  readonly deadLetteredAt: string;
  readonly bodyText: string | null;
  readonly bodyBytes: number | null;
}

interface Letters {
  readonly items: readonly Letter[];
  readonly next: string | null;
}

interface Replay {
  readonly deadLetters: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly detail: string;
    readonly preview: readonly string[];
  }[];
}

/** Messages that could not be processed, by reason; what a replay would do, and the replay. */
export async function showDeadLetters({ main, query, signal }: View): Promise<void> {
  const queue = queues.find(([name]) => name === query.get('queue'))?.[0] ?? 'sync';
  const which = choice('queue', queues, queue);
  which.addEventListener('change', () => {
    location.hash = `#/dead-letters?queue=${which.value}`;
  });
  const groups = element('div');
  const letters = element('div');
  main.replaceChildren(
    element('h1', {}, 'Dead letters'),
    freshnessLine(signal),
    field('Queue', which),
    groups,
    letters,
  );
  const showReasons = async () => {
    const { items } = await read<Reasons>(`v1/queues/${queue}/dead-letters/reasons?state=PENDING`, signal);
    if (items.length === 0) {
      groups.replaceChildren(element('p', {}, 'None is pending.'));
      letters.replaceChildren();
      return;
    }
    const rows = items.map(({ reasonCode, letters: count, firstAt, lastAt }) => [
      button(reasonCode, () => showLetters(reasonCode)),
      ...[count.toLocaleString(), time(firstAt), time(lastAt)],
    ]);
    groups.replaceChildren(table('Why messages could not be processed', ['Reason', 'Letters', 'First', 'Last'], rows));
  };
  const showLetters = async (reason: string) => {
    keepInAddress('/dead-letters', new URLSearchParams({ queue, reason }));
    const form = letterForm(
      queue,
      async () => {
        await showReasons();
        await showLetters(reason);
      },
      signal,
    );
    letters.replaceChildren(element('h2', {}, reason), form.shown);
    await form.addPage(reason, null);
  };
  await showReasons();
  const reason = query.get('reason');
  if (reason !== null && groups.querySelector('table') !== null) await showLetters(reason);
}

function letterForm(queue: string, onReplayed: () => Promise<void>, signal: AbortSignal) {
  const list = element('ul', { class: 'letters' });
  const effect = element('div', { 'aria-live': 'polite' });
  const note = element('input', { name: 'note', maxlength: '400' });
  const chosen = () => [...list.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
  const replay = async (dryRun: boolean) => {
    const ids = chosen();
    if (ids.length === 0) {
      say('Select letters first.');
      return;
    }
    const body = { ids, dryRun, ...(note.value === '' || dryRun ? {} : { note: note.value }) };
    const { deadLetters } = await post<Replay>(`v1/queues/${queue}/dead-letters/replay`, body, signal);
    const rows = deadLetters.map(({ id, outcome, detail, preview }) => [id, outcome, effectOf(detail, preview)]);
    const caption = dryRun ? 'What a replay would do' : 'Results of the replay';
    effect.replaceChildren(table(caption, ['Letter', 'Outcome', 'Effect'], rows));
    if (dryRun) {
      const sure = button(`Replay ${counted(ids.length, 'letter')}`, () => replay(false));
      effect.append(element('p', { class: 'fields' }, field('Reason, for the audit log', note), sure));
    } else {
      const result = effect.firstElementChild;
      await onReplayed();
      if (result !== null) document.querySelector('.letters')?.before(result);
    }
  };
  const all = button('Select all shown', () => {
    for (const box of list.querySelectorAll<HTMLInputElement>('input')) box.checked = true;
  });
  const actions = element(
    'p',
    { class: 'buttons' },
    all,
    button('Preview a replay', () => replay(true)),
  );
  const addPage = async (reason: string, after: string | null): Promise<void> => {
    const wanted = new URLSearchParams({ state: 'PENDING', reason, ...(after === null ? {} : { after }) });
    const { items, next } = await read<Letters>(`v1/queues/${queue}/dead-letters?${wanted}`, signal);
    list.append(...items.map(letterItem));
    if (next === null) return;
    const more = button('More', async () => {
      more.remove();
      await addPage(reason, next);
    });
    list.after(more);
  };
  return {
    shown: element('div', {}, actions, effect, list),
    addPage: (reason: string, after: string | null) => addPage(reason, after).catch(sayError),
  };
}

/** What a replay does, and what the graph would get, which may be long. */
function effectOf(detail: string, preview: readonly string[]): HTMLElement {
  if (preview.length === 0) return element('span', {}, detail);
  const lines = element('pre', { tabindex: '0' }, preview.join('\n'));
  return element('div', {}, detail, element('details', {}, element('summary', {}, 'In the graph'), lines));
}

function letterItem({ id, subject, reasonText, deadLetteredAt, bodyText, bodyBytes }: Letter): HTMLLIElement {
  const body =
    bodyText === null
      ? element('p', { class: 'soft' }, 'It has no body.')
      : element('pre', { tabindex: '0' }, bodyText.length * 2 < (bodyBytes ?? 0) ? `${bodyText}...` : bodyText);
  return element(
    'li',
    {},
    element('label', { class: 'check' }, element('input', { type: 'checkbox', value: id }), `${id}: ${subject}`),
    element('span', { class: 'soft' }, ` ${time(deadLetteredAt)}`),
    element('p', {}, reasonText),
    element('details', {}, element('summary', {}, 'Message'), body),
  );
}

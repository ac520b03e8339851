import { events, post, read, send } from './api.ts';
import { button, element, sayError, table } from './dom.ts';
import { waitFor } from './wait-for.ts';
import { age } from './words.ts';

/** Milliseconds from the end of a stream to the reconnect. */
const reconnectMs = 1_000;

interface Comparison {
  readonly id: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'NEEDS_CONFIRMATION' | 'FAILED' | 'CANCELLED' | 'ABANDONED';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly progress: readonly { readonly entity: string; readonly sqlRows: number; readonly differ: number }[];
  readonly result: {
    readonly entities: readonly {
      readonly entity: string;
      readonly sqlRows: number;
      readonly graphRows: number;
      readonly missing: number;
      readonly extra: number;
      readonly different: number;
      readonly enqueued: number;
    }[];
    readonly sequence: { readonly state: string; readonly reason?: string; readonly action?: string };
  } | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

/** Compares the tables with the graph, and has what differs synced anew; for operators of the installation. */
export function compareSection(signal: AbortSignal): HTMLElement {
  const shown = element('div', { 'aria-live': 'polite' });
  const repair = element('input', { type: 'checkbox', name: 'repair' });
  let running = '';
  // Not among what is shown anew with every step, where it would lose the focus.
  const cancel = button('Cancel', async () => {
    await send(`v1/reconciliations/${running}`, signal, { method: 'DELETE' });
  });
  cancel.hidden = true;
  const form = element(
    'form',
    { 'aria-label': 'Compare with the graph' },
    element('label', { class: 'check' }, repair, 'Sync anew what differs'),
    element('button', { type: 'submit' }, 'Compare'),
    cancel,
  );
  const follow = async (id: string) => {
    running = id;
    let isRunning = true;
    // A stream may end before the comparison does.
    while (isRunning && !signal.aborted) {
      for await (const seen of events<Comparison>(`v1/reconciliations/${id}/events`, signal)) {
        shown.replaceChildren(...comparison(seen));
        isRunning = seen.state === 'RUNNING';
        cancel.hidden = !isRunning;
        if (seen.state !== 'NEEDS_CONFIRMATION') continue;
        shown.append(button('Sync again anyway', () => compare(true)));
      }
      if (isRunning) await waitFor(reconnectMs, signal);
    }
  };
  const compare = async (confirmDeletes: boolean) => {
    const body = { repair: repair.checked, confirmDeletes };
    await follow((await post<Comparison>('v1/reconciliations', body, signal)).id);
  };
  // One that runs already, in any process and for anybody.
  const followRunning = async () => {
    const path = 'v1/reconciliations?limit=1';
    const [last] = (await read<{ readonly items: readonly Comparison[] }>(path, signal)).items;
    if (last?.state === 'RUNNING') await follow(last.id);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void compare(false).catch(sayError);
  });
  void followRunning().catch(sayError);
  return element('section', {}, element('h2', {}, 'Compare SQL with the graph'), form, shown);
}

const words = {
  RUNNING: 'Comparing...',
  COMPLETED: 'Compared',
  NEEDS_CONFIRMATION:
    'Nothing was enqueued: it would delete more than 5 % of what the graph has of an entity. Is it the right database?',
  FAILED: 'It failed',
  CANCELLED: 'Cancelled',
  ABANDONED: 'Its process has vanished. What it enqueued stays enqueued; compare again.',
} as const;

function comparison({ state, startedAt, finishedAt, progress, result, error }: Comparison): readonly Node[] {
  const took = finishedAt === null ? '' : ` (${age(Date.parse(finishedAt) - Date.parse(startedAt))})`;
  const isBad = state === 'FAILED' || state === 'NEEDS_CONFIRMATION' || state === 'ABANDONED';
  const parts = [element('p', isBad ? { class: 'bad' } : {}, `${words[state]}${took}`)];
  if (error !== null) parts.push(element('p', { class: 'bad' }, `${error.code}: ${error.detail}`));
  if (result === null) {
    const rows = progress.map(({ entity, sqlRows, differ }) => [entity, ...[sqlRows, differ].map(shownNumber)]);
    return [...parts, table('Compared so far', ['Entity', 'Rows', 'Differ'], rows)];
  }
  const { entities, sequence } = result;
  const rows = entities.map((one) => [
    one.entity,
    ...[one.sqlRows, one.graphRows, one.missing, one.extra, one.different, one.enqueued].map(shownNumber),
  ]);
  const headers = ['Entity', 'In SQL', 'In the graph', 'Missing', 'Extra', 'Different', 'Enqueued'];
  const { reason, action } = sequence;
  const note = reason === undefined ? [] : [element('p', { class: 'bad' }, `${reason} ${action ?? ''}`)];
  return [...parts, ...note, table('What was compared', headers, rows)];
}

function shownNumber(value: number): string {
  return value.toLocaleString();
}

import { events, ProblemError, type Queue, type Queues } from './api.ts';
import { compareSection } from './compare.ts';
import { element, facts, replaceKeepingFocus, say, sayError } from './dom.ts';
import { pauseQueues } from './pause-queues.ts';
import { releasesSection } from './releases.ts';
import { schedulesSection } from './schedules.ts';
import type { View } from './view.ts';
import { waitFor } from './wait-for.ts';
import { age, counted, number } from './words.ts';

/** Milliseconds after which numbers are grey. */
const oldMs = 10_000;
/** Milliseconds between a broken stream and the next. */
const reconnectMs = 3_000;

/** The queues, the worst first, live. While the tab is hidden nothing is asked for. */
export async function showQueues({ main, signal, identity }: View): Promise<void> {
  const cards = element('ul', { class: 'cards' });
  const lag = element('p');
  const seen = element('p', { class: 'soft' }, 'Looking...');
  const repairs = element('div');
  main.replaceChildren(element('h1', {}, 'Overview'), seen, lag, cards, repairs);
  // What is of all tenants.
  const isOfInstallation = identity.role === 'operator' && identity.tenantId === 0;
  if (isOfInstallation) {
    repairs.append(schedulesSection(signal), compareSection(signal));
    void releasesSection(signal).then((section) => repairs.append(section), sayError);
  }
  let seenAt = 0;
  let isBroken = false;
  const onSeen = (state: Queues) => {
    // Once: what somebody types there stays.
    if (seenAt === 0 && isOfInstallation) repairs.prepend(pauseQueues(state.queues, signal));
    seenAt = Date.now();
    lag.textContent = lagText(state);
    replaceKeepingFocus(cards, ...[...state.queues].sort((one, other) => badness(other) - badness(one)).map(card));
    for (const part of [cards, lag]) part.classList.remove('old');
    seen.textContent = `Live. Seen at ${new Date(state.seenAt).toLocaleTimeString()}.`;
  };
  const timer = setInterval(() => {
    const old = Date.now() - seenAt;
    if (seenAt === 0 || old <= oldMs) return;
    for (const part of [cards, lag]) part.classList.add('old');
    seen.textContent = `Old: nothing was seen for ${age(old)}.`;
  }, 1_000);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  while (!signal.aborted) {
    const watched = new AbortController();
    const onHidden = () => {
      if (document.hidden) watched.abort();
    };
    document.addEventListener('visibilitychange', onHidden);
    try {
      for await (const state of events<Queues>('v1/queues/events', AbortSignal.any([signal, watched.signal]))) {
        // Only what was said of the stream is over.
        if (isBroken) say('');
        isBroken = false;
        onSeen(state);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ProblemError && error.status < 500 && error.status !== 429) throw error;
      isBroken = !watched.signal.aborted;
      if (isBroken) sayError(error);
    } finally {
      document.removeEventListener('visibilitychange', onHidden);
    }
    await waitFor(reconnectMs, signal);
    while (document.hidden && !signal.aborted) await once(document, 'visibilitychange');
  }
}

function once(target: EventTarget, event: string): Promise<void> {
  return new Promise((resolve) => target.addEventListener(event, () => resolve(), { once: true }));
}

function lagText({ syncLag: { changes, p50Ms, p95Ms, p99Ms } }: Queues): string {
  if (changes === 0) return 'From SQL to the graph: no change in the last minutes.';
  const least = `50 % within ${age(p50Ms)}, 95 % within ${age(p95Ms)}, 99 % within ${age(p99Ms)}`;
  return `From SQL to the graph: ${least} (${counted(changes, 'change')} of the last minutes).`;
}

/** What stops everything first, then what failed, then what waits longest. */
function badness({ isOn, pendingDeadLetters, problems, oldestAgeMs }: Queue): number {
  return (isOn === false ? 1e15 : 0) + problems.length * 1e12 + (pendingDeadLetters ?? 0) * 1e9 + (oldestAgeMs ?? 0);
}

function workersText({ workers, unseen }: Queue): string {
  // Queues of procedures have none.
  if (workers === null) return unseen.includes('workers') ? 'not seen' : '-';
  if (workers.length === 0) return 'none seen within a minute';
  const counts = Map.groupBy(workers, ({ state }) => state.toLowerCase());
  return Array.from(counts, ([state, of]) => `${of.length} ${state}`).join(', ');
}

function card(queue: Queue): HTMLLIElement {
  const { name, description, reader, isOn, messages, oldestAgeMs, retries, pendingDeadLetters, problems, unseen } =
    queue;
  const isBad = isOn === false || problems.length > 0;
  const isEmpty = messages === 0 && !retries && !unseen.includes('retries');
  const state = isOn === null ? 'State not seen' : isBad ? 'Needs attention' : 'On';
  // Queues of procedures have neither retries nor dead letters.
  const seenNumber = (value: number | null, part: string) =>
    value === null && !unseen.includes(part) ? '-' : number(value);
  const letters =
    pendingDeadLetters !== null && pendingDeadLetters > 0
      ? element('a', { href: `#/dead-letters?queue=${name}`, 'data-focus': name }, number(pendingDeadLetters))
      : seenNumber(pendingDeadLetters, 'deadLetters');
  return element(
    'li',
    { 'data-queue': name },
    element('h2', {}, `${name}: ${description}`),
    element('p', isBad ? { class: 'bad' } : {}, state),
    facts([
      ['Read by', reader],
      ['Waiting', number(messages)],
      ['Oldest message', isEmpty ? 'none' : age(oldestAgeMs)],
      ['Retries', seenNumber(retries, 'retries')],
      ['Dead letters', letters],
      ['Workers', workersText(queue)],
    ]),
    ...problems.map(({ message, action }) => element('p', { class: 'bad' }, `${message} ${action}`)),
    ...unseen.map((text) => element('p', { class: 'soft' }, `Not seen: ${text}`)),
  );
}

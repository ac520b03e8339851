import { type Queues, read } from './api.ts';
import { element, facts, say, sayError } from './dom.ts';
import type { View } from './view.ts';

/** Milliseconds between two looks. */
const lookEveryMs = 3_000;
/** Milliseconds after which numbers are grey. */
const oldMs = 10_000;

/** By how much the graph is behind SQL, in words. */
export async function freshness(signal: AbortSignal): Promise<string> {
  const { queues } = await read<Queues>('v1/queues', signal);
  const sync = queues.find(({ name }) => name === 'sync');
  if (sync?.messages === null || sync === undefined) return "How far the graph is behind SQL can't be seen.";
  if (sync.messages === 0) return 'The graph has every change that was enqueued.';
  return `${sync.messages} changes wait for the graph, the oldest for ${age(sync.oldestAgeMs)}.`;
}

/** The queues, those with problems first, looked at again and again while anybody looks. */
export async function showQueues({ main, signal }: View): Promise<void> {
  const list = element('ul', { class: 'cards' });
  const seen = element('p', { class: 'soft' });
  main.replaceChildren(element('h1', {}, 'Queues'), seen, list);
  let seenAt = 0;
  const look = async () => {
    const { queues, seenAt: text } = await read<Queues>('v1/queues', signal);
    seenAt = Date.now();
    list.replaceChildren(...[...queues].sort((one, other) => badness(other) - badness(one)).map(card));
    list.classList.remove('old');
    seen.textContent = `Seen at ${new Date(text).toLocaleTimeString()}.`;
    say('');
  };
  await look();
  const timer = setInterval(() => {
    if (Date.now() - seenAt > oldMs) list.classList.add('old');
    if (!document.hidden) void look().catch((error: unknown) => signal.aborted || sayError(error));
  }, lookEveryMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

type Queue = Queues['queues'][number];

function badness({ isOn, pendingDeadLetters, problems, oldestAgeMs }: Queue): number {
  return (isOn === false ? 1e12 : 0) + problems.length * 1e10 + (pendingDeadLetters ?? 0) * 1e6 + (oldestAgeMs ?? 0);
}

function card(queue: Queue): HTMLLIElement {
  const { name, description, reader, isOn, messages, oldestAgeMs, retries, pendingDeadLetters, problems, unseen } =
    queue;
  const number = (value: number | null) => (value === null ? 'not seen' : String(value));
  const isBad = isOn === false || problems.length > 0;
  return element(
    'li',
    {},
    element('h2', {}, `${name}: ${description}`),
    element('p', isBad ? { class: 'bad' } : {}, isOn === null ? 'State not seen' : isBad ? 'Needs somebody' : 'On'),
    facts([
      ['read by', reader],
      ['waiting', number(messages)],
      ['behind by', messages === 0 ? 'nothing' : age(oldestAgeMs)],
      ['tried again', number(retries)],
      ['dead letters', number(pendingDeadLetters)],
    ]),
    ...problems.map(({ message, action }) => element('p', { class: 'bad' }, `${message} ${action}`)),
    ...unseen.map((text) => element('p', { class: 'soft' }, `Not seen: ${text}`)),
  );
}

function age(ms: number | null): string {
  if (ms === null) return 'not seen';
  if (ms < 1_000) return `${ms} ms`;
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}

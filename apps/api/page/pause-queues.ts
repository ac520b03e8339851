import { post, type Queue } from './api.ts';
import { button, choice, element, field, say, sayError } from './dom.ts';
import { counted } from './words.ts';

interface Paused {
  readonly isReached: boolean;
  readonly workers: readonly unknown[];
}

interface Resumed {
  readonly resumed: readonly unknown[];
  readonly left: readonly unknown[];
}

/** Has the workers of a queue receive nothing for a while, and go on; for operators of the installation. */
export function pauseQueues(queues: readonly Queue[], signal: AbortSignal): HTMLElement {
  // Queues of procedures can't be paused.
  const names = queues
    .filter(({ pauses, unseen }) => pauses !== null || unseen.includes('pauses'))
    .map(({ name }) => [name, name] as const);
  const queue = choice('queue', names, names[0]?.[0] ?? '');
  const reason = element('input', { name: 'reason', required: '', maxlength: '1000' });
  const minutes = element('input', { name: 'minutes', type: 'number', min: '1', max: '525600' });
  const form = element(
    'form',
    { 'aria-label': 'Pause or resume a queue' },
    field('Queue', queue),
    field('Why', reason),
    field('Minutes (empty: until resumed)', minutes),
    element('button', { type: 'submit' }, 'Pause'),
    button('Resume', async () => {
      const { resumed } = await post<Resumed>(`v1/queues/${queue.value}/resume`, {}, signal);
      say(resumed.length === 0 ? 'It was not paused.' : `${counted(resumed.length, 'pause')} taken back.`);
    }),
  );
  const submit = async () => {
    const body = { reason: reason.value, ...(minutes.value === '' ? {} : { minutes: minutes.valueAsNumber }) };
    const { isReached, workers } = await post<Paused>(`v1/queues/${queue.value}/pause`, body, signal);
    say(
      isReached
        ? 'Paused.'
        : `Paused: ${counted(workers.length, 'worker')} still to finish what is in hand; nothing new is taken.`,
    );
    reason.value = '';
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit().catch(sayError);
  });
  return element('section', {}, element('h2', {}, 'Pause or resume a queue'), form);
}

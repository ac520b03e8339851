import type { WorkerQueue } from '@hartonomous/provenance-schema';
import { type DeadLetterQueue, deadLettersOf, planBody, sendBodyAgain } from './dead-letter-queue.ts';

/** Dead letters whose body is all there is to say: replaying sends it again as it is. */
export function bodyDeadLetters(queue: WorkerQueue): DeadLetterQueue {
  const { fields: names } = queue.deadLetters;
  return {
    ...deadLettersOf(queue),
    subjectOf: ({ fields }) => names.map((name) => `${name} ${fields[name] ?? '?'}`).join(', '),
    plan: async (_client, letter) => planBody(letter),
    replayer: (_client, plans, options) => async (letter, transaction) => {
      if (plans.get(letter.id)?.action !== 'send-body') {
        throw new TypeError(`Dead letter ${letter.id} has no plan that can be carried out.`);
      }
      await sendBodyAgain(queue, letter, transaction, options);
    },
  };
}

import { parentPort } from 'node:worker_threads';
import { msgAnswers } from './msg-answers.ts';

/** The start of the thread that `reader-thread.ts` reads messages of Outlook's in: the bytes of one, then an answer for each message. */
const port = parentPort;
if (port === null) throw new Error('This module is the start of a worker thread.');
let answers: ReturnType<typeof msgAnswers> | undefined;
port.on('message', (message: unknown) => {
  if (message instanceof Uint8Array) {
    answers = msgAnswers(message as Uint8Array<ArrayBuffer>);
    return;
  }
  port.postMessage(answers?.next().value ?? { kind: 'end' });
});

import { parentPort, workerData } from 'node:worker_threads';
import { msgAnswers } from './msg-answers.ts';

/** The start of the thread that `reader-thread.ts` reads a message of Outlook's in: an answer for each message, whatever it says. */
const port = parentPort;
if (port === null) throw new Error('This module is the start of a worker thread.');
const answers = msgAnswers(workerData as Uint8Array<ArrayBuffer>);
port.on('message', () => {
  const { value } = answers.next();
  port.postMessage(value ?? { kind: 'end' });
});

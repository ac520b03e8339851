import { parentPort, workerData } from 'node:worker_threads';
import { pdfAnswers } from './pdf-answers.ts';

/** The start of the thread that `pdf-reader.ts` reads a PDF in: an answer for each message, whatever it says. */
const port = parentPort;
if (port === null) throw new Error('This module is the start of a worker thread.');
const answers = pdfAnswers(workerData as Uint8Array);
port.on('message', async () => {
  const { value } = await answers.next();
  port.postMessage(value ?? { kind: 'end' });
});

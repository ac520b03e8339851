import { parentPort, workerData } from 'node:worker_threads';
import { pdfAnswers } from './pdf-answers.ts';

/** The start of the thread that `reader-thread.ts` reads a PDF in: an answer for each message, whatever it says. */
const port = parentPort;
if (port === null) throw new Error('This module is the start of a worker thread.');
/** More say nothing new. */
const maxWarnings = 100;
const warned: string[] = [];
// pdf.js has no other way to tell what it left out than the console, and this thread has nobody who reads that.
const keep = (...parts: readonly unknown[]): void => {
  if (warned.length < maxWarnings) warned.push(parts.map(String).join(' '));
};
console.warn = keep;
console.log = keep;
const answers = pdfAnswers(workerData as Uint8Array, () => warned.splice(0));
port.on('message', async () => {
  const { value } = await answers.next();
  port.postMessage(value ?? { kind: 'end' });
});

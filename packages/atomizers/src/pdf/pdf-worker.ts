import { parentPort } from 'node:worker_threads';
import { pdfAnswers } from './pdf-answers.ts';
import type { PdfAnswer } from './pdf-messages.ts';

/** The start of the thread that `reader-thread.ts` reads PDFs in: the bytes of one, then an answer for each message, whatever it says. */
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
let answers: AsyncGenerator<PdfAnswer> | undefined;
port.on('message', async (message: unknown) => {
  if (message instanceof Uint8Array) {
    warned.length = 0;
    answers = pdfAnswers(message, () => warned.splice(0));
    return;
  }
  const next = await answers?.next();
  port.postMessage(next?.value ?? { kind: 'end' });
});

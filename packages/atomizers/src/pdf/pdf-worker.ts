import { serveFiles } from '../threads/serve-files.ts';
import { pdfAnswers } from './pdf-answers.ts';
import { WholeDecompression } from './whole-decompression.ts';

/** More say nothing new. */
const maxWarnings = 100;
const warned: string[] = [];
// pdf.js has no other way to tell what it left out than the console, and this thread has nobody who reads that.
const keep = (...parts: readonly unknown[]): void => {
  if (warned.length < maxWarnings) warned.push(parts.map(String).join(' '));
};
console.warn = keep;
console.log = keep;
Object.assign(globalThis, { DecompressionStream: WholeDecompression });
/** Entry point of the thread that reads PDFs. */
serveFiles((bytes) => {
  warned.length = 0;
  return pdfAnswers(bytes, () => warned.splice(0));
});

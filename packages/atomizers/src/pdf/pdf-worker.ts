import { serveFiles } from '../threads/serve-files.ts';
import { pdfAnswers } from './pdf-answers.ts';
import { PdfWarnings } from './pdf-warnings.ts';
import { WholeDecompression } from './whole-decompression.ts';

const warnings = new PdfWarnings();
// pdf.js has no other way to tell what it left out than the console, and this thread has nobody who reads that.
const keep = (...parts: readonly unknown[]): void => warnings.add(parts.map(String).join(' '));
console.warn = keep;
console.log = keep;
Object.assign(globalThis, { DecompressionStream: WholeDecompression });
/** Entry point of the thread that reads PDFs. */
serveFiles((bytes) => {
  warnings.take();
  return pdfAnswers(bytes, warnings);
});

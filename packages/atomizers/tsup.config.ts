import { cp } from 'node:fs/promises';
import { defineConfig } from 'tsup';

export default defineConfig({
  // The threads that PDFs and Outlook's messages are read in are files of their own, beside the others.
  entry: {
    index: 'src/index.ts',
    'pdf-worker': 'src/pdf/pdf-worker.ts',
    'pdf-pictures-worker': 'src/pdf/pdf-pictures-worker.ts',
    'msg-worker': 'src/mail/msg-worker.ts',
  },
  format: ['esm'],
  target: 'node24',
  clean: true,
  sourcemap: true,
  // 1.7 MB of the 36 that pdfjs-dist has, which so needn't be installed.
  onSuccess: () =>
    cp(new URL('cmaps/', import.meta.resolve('pdfjs-dist/package.json')), new URL('dist/cmaps/', import.meta.url), {
      recursive: true,
    }),
});

import { cp } from 'node:fs/promises';
import { defineConfig } from 'tsup';

export default defineConfig({
  // The thread that PDFs are read in is a file of its own, beside the others.
  entry: { index: 'src/index.ts', 'pdf-worker': 'src/pdf/pdf-worker.ts' },
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

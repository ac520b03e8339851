import { defineConfig } from 'tsup';

export default defineConfig({
  // The thread that PDFs are read in is a file of its own, beside the others.
  entry: { index: 'src/index.ts', 'pdf-worker': 'src/pdf/pdf-worker.ts' },
  format: ['esm'],
  target: 'node24',
  clean: true,
  sourcemap: true,
});

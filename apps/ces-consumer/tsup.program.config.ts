import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

export default defineConfig(
  bundledProgram({
    // PDFs are read in a thread, which starts from a file of its own.
    entry: { main: 'src/main.ts', 'pdf-worker': '../../packages/atomizers/dist/pdf-worker.js' },
    external: ['msnodesqlv8'],
  }),
);

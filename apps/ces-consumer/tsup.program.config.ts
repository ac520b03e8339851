import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

export default defineConfig(
  bundledProgram({
    // PDFs and Outlook's messages are read in threads, which start from files of their own.
    entry: {
      main: 'src/main.ts',
      'pdf-worker': '../../packages/atomizers/dist/pdf-worker.js',
      'msg-worker': '../../packages/atomizers/dist/msg-worker.js',
    },
    external: ['msnodesqlv8'],
  }),
);

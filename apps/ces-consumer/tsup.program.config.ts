import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

// The atomizers start a thread from a file of theirs, and load what they need for a format when such a file comes.
export default defineConfig(
  bundledProgram({ entry: 'src/main.ts', external: ['msnodesqlv8', '@hartonomous/atomizers'] }),
);

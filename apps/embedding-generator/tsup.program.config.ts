import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

// The providers start a thread from a file of theirs for a model that runs in the process, and load its runtime from their own packages.
export default defineConfig(
  bundledProgram({ entry: 'src/main.ts', external: ['msnodesqlv8', '@hartonomous/embedding-providers'] }),
);

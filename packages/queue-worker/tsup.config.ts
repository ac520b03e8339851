import { defineConfig } from 'tsup';

export default defineConfig({
  // What limits the heap is loaded before everything else.
  entry: ['src/index.ts', 'src/heap.ts'],
  format: ['esm'],
  target: 'node24',
  clean: true,
  sourcemap: true,
});

import { defineConfig } from 'tsup';

export default defineConfig({
  // What limits the heap is to be loaded before everything else is.
  entry: ['src/index.ts', 'src/limit-heap.ts'],
  format: ['esm'],
  target: 'node22',
  clean: true,
  sourcemap: true,
});

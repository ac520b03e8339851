import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/program.ts'],
  format: ['esm'],
  target: 'node22',
  clean: true,
  sourcemap: true,
});

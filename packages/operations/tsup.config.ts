import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/errors.ts', 'src/outcome.ts'],
  format: ['esm'],
  target: 'node22',
  clean: true,
  sourcemap: true,
});

import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/demo.ts', 'src/dev.ts'],
  format: ['esm'],
  target: 'node24',
  clean: true,
  sourcemap: true,
});

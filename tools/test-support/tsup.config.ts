import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/worker-program.ts'],
  external: ['vitest'],
  format: ['esm'],
  target: 'node24',
  clean: true,
  sourcemap: true,
});

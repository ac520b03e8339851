import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts', 'src/shared-test-neo4j.ts', 'src/vitest-global-setup.ts'],
  format: ['esm'],
  target: 'node22',
  clean: true,
  sourcemap: true,
});

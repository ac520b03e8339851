import { defineConfig } from 'tsup';

// Not into dist: the program's build copies it beside the program, as it does with every folder that a module reads.
export default defineConfig({
  entry: { main: 'page/main.ts' },
  outDir: 'build/page',
  publicDir: 'page/static',
  format: ['esm'],
  platform: 'browser',
  target: 'es2024',
  clean: true,
  minify: true,
  noExternal: [/.*/],
});

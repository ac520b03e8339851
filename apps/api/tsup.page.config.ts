import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'page/main.ts' },
  outDir: 'dist/page',
  publicDir: 'page/static',
  format: ['esm'],
  platform: 'browser',
  target: 'es2024',
  minify: true,
});

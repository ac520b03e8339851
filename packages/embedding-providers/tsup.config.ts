import { defineConfig } from 'tsup';

export default defineConfig({
  // The thread that models run in is a file of its own, beside the others.
  entry: { index: 'src/index.ts', 'onnx-thread': 'src/onnx/onnx-thread.ts' },
  format: ['esm'],
  target: 'node22',
  clean: true,
  sourcemap: true,
});

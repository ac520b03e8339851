import { defineConfig } from 'tsup';

export default defineConfig({
  // The thread that models run in is a file of its own, beside the others.
  entry: { index: 'src/index.ts', 'onnx-thread': 'src/onnx/onnx-thread.ts' },
  format: ['esm'],
  target: 'node22',
  // tsup would put optional dependencies into the build; this one finds its native parts beside its own files alone.
  external: ['onnxruntime-node'],
  clean: true,
  sourcemap: true,
});

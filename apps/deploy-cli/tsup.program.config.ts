import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

export default defineConfig(
  bundledProgram({
    // The thread that a model runs in, where a command computes an embedding.
    entry: { main: 'src/main.ts', 'onnx-thread': '../../packages/embedding-providers/src/onnx/onnx-thread.ts' },
    external: ['msnodesqlv8', 'onnxruntime-node', 'onnxruntime-web'],
    fromSources: true,
  }),
);

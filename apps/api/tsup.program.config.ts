import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

export default defineConfig(
  bundledProgram({
    // The thread that a model runs in, where questions are embedded by one in the process.
    entry: { main: 'src/main.ts', 'onnx-thread': '../../packages/embedding-providers/dist/onnx-thread.js' },
    external: ['msnodesqlv8', 'onnxruntime-node', 'onnxruntime-web'],
  }),
);

import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

export default defineConfig(
  bundledProgram({
    // A model that runs in the process does so in a thread, which starts from a file of its own and loads its runtime from where that is.
    entry: { main: 'src/main.ts', 'onnx-thread': '../../packages/embedding-providers/dist/onnx-thread.js' },
    external: ['msnodesqlv8', 'onnxruntime-node', 'onnxruntime-web'],
  }),
);

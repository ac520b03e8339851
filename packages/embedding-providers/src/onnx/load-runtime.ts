import type { OnnxRuntime } from './onnx-messages.ts';

/** What of ONNX Runtime is used; both builds have it. */
export type RuntimeModule = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor' | 'env'>;

/** A runtime that could be loaded. */
export interface LoadedRuntime {
  readonly kind: OnnxRuntime;
  readonly module: RuntimeModule;
  /** Why the native one isn't it, where it was to be taken first. */
  readonly nativeProblem: string | undefined;
}

/**
 * Loads ONNX Runtime.
 *
 * @param wanted `auto`: the native library where the machine has it, else WebAssembly, which is several times slower
 * @throws Error of the last one that can't be loaded
 */
export async function loadRuntime(wanted: OnnxRuntime | 'auto'): Promise<LoadedRuntime> {
  let nativeProblem: string | undefined;
  if (wanted !== 'wasm') {
    try {
      return { kind: 'native', module: await import('onnxruntime-node'), nativeProblem };
    } catch (error) {
      // Not installed, or not made for this platform: there are none for Alpine Linux and for Macs with Intel's processors.
      if (wanted === 'native') throw error;
      nativeProblem = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    }
  }
  return { kind: 'wasm', module: await import('onnxruntime-web'), nativeProblem };
}

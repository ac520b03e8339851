import type { Pooling } from '../embedding-models.ts';

/** What runs a model: the native library of ONNX Runtime, or its build for WebAssembly. */
export type OnnxRuntime = 'native' | 'wasm';

/** What the thread is started with. */
export interface ThreadStart {
  readonly modelFile: string;
  /** `auto`: native where it can be loaded, else WebAssembly. */
  readonly runtime: OnnxRuntime | 'auto';
  /** Threads of one run. */
  readonly threads: number;
  readonly pooling: Pooling;
  /** Of its `RunFlag`. */
  readonly flag: SharedArrayBuffer;
}

/** Messages to the thread. */
export type ThreadRequest =
  | { readonly kind: 'run'; readonly id: number; readonly tokens: Int32Array }
  /** Those that haven't begun are forgotten. */
  | { readonly kind: 'forget'; readonly ids: readonly number[] }
  | { readonly kind: 'close' };

/** What the thread answers. */
export type ThreadAnswer =
  /** @property nativeProblem why the native runtime isn't used, though it would have been taken first */
  | { readonly kind: 'ready'; readonly runtime: OnnxRuntime; readonly nativeProblem: string | undefined }
  | { readonly kind: 'no-runtime'; readonly detail: string }
  | { readonly kind: 'unusable'; readonly detail: string }
  | { readonly kind: 'vector'; readonly id: number; readonly vector: Float32Array }
  | { readonly kind: 'failed'; readonly id: number; readonly detail: string };

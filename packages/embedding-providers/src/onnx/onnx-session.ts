import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import type { Pooling } from '../embedding-models.ts';
import type { RuntimeModule } from './load-runtime.ts';
import type { ThreadStart } from './onnx-messages.ts';
import { pool } from './pool.ts';

/** Inputs that a model may ask for, by the values that they have for a text of so many tokens. */
const inputs: Readonly<Record<string, (tokens: Int32Array) => BigInt64Array>> = {
  input_ids: (tokens) => BigInt64Array.from(tokens, BigInt),
  attention_mask: (tokens) => new BigInt64Array(tokens.length).fill(1n),
  token_type_ids: (tokens) => new BigInt64Array(tokens.length),
  position_ids: (tokens) => BigInt64Array.from(tokens, (_, place) => BigInt(place)),
};

/** Names of the output that has the vectors of the tokens, and of the one that has the vector of the text. */
const stateOutputs = ['last_hidden_state', 'token_embeddings'];
const textOutput = 'sentence_embedding';

/** A model that is loaded. */
export class OnnxSession {
  readonly #runtime: RuntimeModule;
  readonly #session: InferenceSession;
  readonly #output: string;
  readonly #pooling: Pooling;

  private constructor(runtime: RuntimeModule, session: InferenceSession, output: string, pooling: Pooling) {
    this.#runtime = runtime;
    this.#session = session;
    this.#output = output;
    this.#pooling = pooling;
  }

  /** @throws Error when the file isn't a model, or is one that wants or gives something else */
  static async load(runtime: RuntimeModule, { modelFile, threads, pooling }: ThreadStart): Promise<OnnxSession> {
    runtime.env.logLevel = 'error';
    runtime.env.wasm.numThreads = threads;
    const session = await runtime.InferenceSession.create(await readFile(modelFile), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3,
    });
    const unknown = session.inputNames.filter((name) => !Object.hasOwn(inputs, name));
    if (unknown.length > 0) throw new TypeError(`the model asks for ${unknown.join(', ')}, which texts don't have`);
    const wanted = pooling === 'model' ? [textOutput] : stateOutputs;
    const output = session.outputNames.find((name) => wanted.includes(name));
    if (output === undefined) {
      throw new TypeError(`the model gives ${session.outputNames.join(', ')}, and not ${wanted.join(' or ')}`);
    }
    return new OnnxSession(runtime, session, output, pooling);
  }

  /** The vector of a text, not normalised. One text at a time: quantised models give a text other numbers beside others. */
  async vectorOf(tokens: Int32Array): Promise<Float32Array> {
    const shape = [1, tokens.length];
    const feeds = Object.fromEntries(
      this.#session.inputNames.flatMap((name) => {
        const values = inputs[name]?.(tokens);
        return values === undefined ? [] : [[name, new this.#runtime.Tensor('int64', values, shape)]];
      }),
    );
    const { [this.#output]: output } = await this.#session.run(feeds, [this.#output]);
    if (output === undefined || !(output.data instanceof Float32Array)) {
      throw new TypeError(`the model's output ${this.#output} has no 32-bit floats, but ${output?.type ?? 'nothing'}`);
    }
    const dimension = output.dims.at(-1) ?? 0;
    return this.#pooling === 'model' ? output.data.slice(0, dimension) : pool(output.data, dimension, this.#pooling);
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

import { z } from 'zod';
import { InvalidEmbeddingOptionsError } from './errors.ts';

const common = {
  /** Name in the table of models. */
  model: z.string().min(1),
  /** Numbers of a vector, where fewer than the model's are wanted. */
  dimension: z.int().min(1).max(4_096).optional(),
  /** Milliseconds for a call. Too short: a model that is being loaded looks dead. Too long: a dead provider goes unnoticed. */
  timeoutMs: z.int().min(1).max(3_600_000).default(120_000),
};
/** Without a name and a password: requests can't be made with them, and the error about it would repeat them. */
const endpoint = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !/^\w+:\/\/[^/?#]*@/.test(text), 'an address without a name or password: a key belongs in apiKey');
/** Called before every request, so that a key may change. */
const credential = z.custom<() => string | Promise<string>>((value) => typeof value === 'function');

const limits = {
  /** Most inputs in a call. */
  maxInputs: z.int().min(1).max(2_048),
  /** Most tokens of all inputs of a call. */
  maxTokens: z.int().min(1),
};

/** Options of a provider, by its kind. */
export const providerOptionsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('lexical-hash') }),
  z.strictObject({
    ...common,
    kind: z.literal('onnx'),
    /** With an ONNX file, tokenizer.json and, where the model has one, tokenizer_config.json. */
    folder: z.string().min(1),
    /** Path of the ONNX file in the folder. @default onnx/model.onnx, else onnx/model_quantized.onnx, else both without onnx/ */
    modelFile: z.string().min(1).optional(),
    /** `auto`: the native library where there is one for this machine, else WebAssembly. */
    runtime: z.enum(['auto', 'native', 'wasm']).default('auto'),
    /** Processor threads of a run. More than there are idle cores, and all get slower. */
    threads: z.int().min(1).max(64).default(1),
    // A call is the unit of writing and of stopping: some seconds of one core.
    maxInputs: limits.maxInputs.default(16),
    maxTokens: limits.maxTokens.default(8_192),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('openai'),
    /** Up to `/v1`, for example `https://api.openai.com/v1`; compatible servers have others. */
    endpoint,
    /** What the server calls the model. @default the model's name */
    deployment: z.string().min(1).optional(),
    /** None: the server asks for none. */
    apiKey: credential.optional(),
    /** Several compatible servers ignore or refuse base64. */
    encodingFormat: z.enum(['float', 'base64']).default('float'),
    maxInputs: limits.maxInputs.default(2_048),
    // 300,000 are allowed; token counts may be estimates.
    maxTokens: limits.maxTokens.default(250_000),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('azure-openai'),
    /** As the portal shows it, without a path. */
    endpoint,
    deployment: z.string().min(1),
    /** `v1`: /openai/v1/embeddings; `deployment`: /openai/deployments/…/embeddings?api-version=… */
    apiStyle: z.enum(['v1', 'deployment']).default('v1'),
    apiVersion: z.string().min(1).default('2024-10-21'),
    /** Exactly one of both. */
    apiKey: credential.optional(),
    token: credential.optional(),
    /** What the tokens are for; only for messages. */
    tokenScope: z.string().min(1).optional(),
    maxInputs: limits.maxInputs.default(2_048),
    maxTokens: limits.maxTokens.default(250_000),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('ollama'),
    endpoint,
    deployment: z.string().min(1).optional(),
    maxInputs: limits.maxInputs.default(64),
    maxTokens: limits.maxTokens.default(32_000),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('text-embeddings-inference'),
    endpoint,
    apiKey: credential.optional(),
    // What the server is started with by default; `/info` says what it has.
    maxInputs: limits.maxInputs.default(32),
    maxTokens: limits.maxTokens.default(16_384),
  }),
]);

/** What {@link providerOptionsSchema} takes. */
export type ProviderOptions = z.input<typeof providerOptionsSchema>;

/** What {@link providerOptionsSchema} gives, for one kind. */
export type CheckedProviderOptions<Kind extends ProviderOptions['kind']> = Extract<
  z.output<typeof providerOptionsSchema>,
  { kind: Kind }
>;

/** @throws InvalidEmbeddingOptionsError with a line per problem */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw new InvalidEmbeddingOptionsError(`Invalid options for embedding-providers:\n  ${problems.join('\n  ')}`, {
    cause: result.error,
  });
}

import { secret } from '@hartonomous/config-loader';
import { lexicalModel } from '@hartonomous/embedding-providers';
import { z } from 'zod';

const providerSection = z
  .strictObject({
    /** Who computes the vectors. What a kind needs besides is in the README. */
    Kind: z
      .enum(['lexical-hash', 'onnx', 'openai', 'azure-openai', 'ollama', 'text-embeddings-inference'])
      .default('lexical-hash'),
    /** Address of the server. For OpenAI up to /v1; for Azure without a path. */
    Endpoint: z.url({ protocol: /^https?$/ }).optional(),
    /** What the server calls the model; for Azure the name of the deployment. */
    Deployment: z.string().min(1).optional(),
    ApiKey: secret().optional(),
    /** File with the key, read before every call: the key may change while the worker runs. Instead of ApiKey. */
    ApiKeyFile: z.string().min(1).optional(),
    /** Azure only: tokens of the machine's managed identity instead of a key. It needs the role Cognitive Services OpenAI User. */
    UseManagedIdentity: z.boolean().default(false),
    /** Azure only: client id of a user-assigned identity. */
    ManagedIdentityClientId: z.string().min(1).optional(),
    /** Azure only: what tokens are asked for. Older resources want https://cognitiveservices.azure.com/.default. */
    TokenScope: z.string().min(1).default('https://ai.azure.com/.default'),
    /** Whether texts leave the house with it. Not set: yes for openai and azure-openai, no for the others. */
    IsOutside: z.boolean().optional(),
    /** Azure only: v1 for /openai/v1/embeddings, deployment for /openai/deployments/... */
    ApiStyle: z.enum(['v1', 'deployment']).optional(),
    /** Azure in the style deployment only. */
    ApiVersion: z.string().min(1).optional(),
    /** OpenAI and compatible servers only. base64 is a quarter of the bytes; several compatible servers refuse it. */
    EncodingFormat: z.enum(['float', 'base64']).optional(),
    /** onnx only: folder with the model's ONNX file and tokenizer.json. */
    ModelFolder: z.string().min(1).optional(),
    /** onnx only: path of the ONNX file in the folder, where it has another name than usual. */
    ModelFile: z.string().min(1).optional(),
    /** onnx only: native for the library of this machine, wasm for WebAssembly, auto for the first that can be loaded. */
    Runtime: z.enum(['auto', 'native', 'wasm']).optional(),
    /** onnx only: threads of a run. More than there are idle cores, and all get slower. */
    Threads: z.int().min(1).max(64).optional(),
    /** Most texts in a call. More than the server takes, and calls are refused and halved. */
    MaxInputs: z.int().min(1).max(2_048).optional(),
    /** Most tokens of all texts in a call. */
    MaxTokens: z.int().min(1).optional(),
    /** Milliseconds for a call. Too short: a model that is being loaded looks dead. Too long: a dead server goes unnoticed. */
    TimeoutMs: z.int().min(100).max(3_600_000).default(120_000),
  })
  .prefault({});

/**
 * Settings of the section `Embedding` that say which vectors, by whom, and of which texts. A program may have more settings in it.
 */
export const embeddingShape = {
  /** A model of the table of models (embedding-providers). */
  Model: z.string().min(1).default(lexicalModel),
  /** Fewer numbers than the model has, where it is made for that. */
  Dimension: z.int().min(1).max(4_096).optional(),
  /** ModelKey of the row in dbo.EmbeddingModel. Not set: the model's name, and its dimension if it is a smaller one. */
  ModelKey: z
    .string()
    .regex(/^[a-z0-9_]{1,40}$/, 'up to 40 lower-case letters, digits and underscores')
    .optional(),
  Provider: providerSection,
  /** Price of a million tokens, in whatever currency, for sums, estimates and caps. */
  PricePerMillionTokens: z.number().min(0).default(0),
  /** What an atom counts as that has no classification, and comes from none that has one. */
  Unclassified: z.enum(['public', 'internal', 'confidential', 'restricted']).default('internal'),
  /** Tenants whose confidential and restricted texts may go to a provider outside of the house. */
  SendClassifiedOfTenants: z.array(z.int()).default([]),
};

const embeddingSchema = z.object(embeddingShape);

/** What {@link embeddingShape} gives. */
export type EmbeddingSettings = z.output<typeof embeddingSchema>;

/**
 * How a model makes tokens of a text. `cl100k_base` is at hand everywhere and that of a model folder with its model; elsewhere
 * tokens are estimated from characters.
 */
type TokenizerName = 'cl100k_base' | 'wordpiece' | 'xlm-roberta' | 'gemma' | 'qwen2' | 'characters';

/**
 * How the vector of a text comes from those of its tokens: that of the first or the last, their mean, or by layers of the model itself
 * that its ONNX file has.
 */
export type Pooling = 'first' | 'mean' | 'last' | 'model';

/** What code needs to know of a model. Source: the models' cards and the vendors' documentation. */
export interface EmbeddingModelFacts {
  readonly name: string;
  /** Numbers of a vector, uncut. */
  readonly dimension: number;
  /** Most tokens of an input. */
  readonly maxTokens: number;
  readonly tokenizer: TokenizerName;
  /** `undefined`: only a server has the model. */
  readonly pooling: Pooling | undefined;
  /** What is put before a question and before a text that is to be found. */
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  /** Smaller dimensions that a vector may be cut to; `any`: every one. Others destroy what the vector says. */
  readonly smaller: readonly number[] | 'any';
}

/** Name of the model that finds words, not meaning. */
export const lexicalModel = 'lexical-hash-384';

const plain = { queryPrefix: '', documentPrefix: '', smaller: [], pooling: undefined } as const;
const openAi = { ...plain, maxTokens: 8_192, tokenizer: 'cl100k_base' } as const;
const bge = {
  ...plain,
  maxTokens: 512,
  tokenizer: 'wordpiece',
  pooling: 'first',
  queryPrefix: 'Represent this sentence for searching relevant passages: ',
} as const;

/** The one table of models. */
export const embeddingModels: readonly EmbeddingModelFacts[] = [
  { ...plain, name: lexicalModel, dimension: 384, maxTokens: 1_000_000, tokenizer: 'characters' },
  { ...openAi, name: 'text-embedding-3-small', dimension: 1_536, smaller: 'any' },
  { ...openAi, name: 'text-embedding-3-large', dimension: 3_072, smaller: 'any' },
  { ...openAi, name: 'text-embedding-ada-002', dimension: 1_536 },
  { ...plain, name: 'all-minilm-l6-v2', dimension: 384, maxTokens: 256, tokenizer: 'wordpiece', pooling: 'mean' },
  { ...bge, name: 'bge-small-en-v1.5', dimension: 384 },
  { ...bge, name: 'bge-base-en-v1.5', dimension: 768 },
  { ...bge, name: 'bge-large-en-v1.5', dimension: 1_024 },
  { ...plain, name: 'bge-m3', dimension: 1_024, maxTokens: 8_192, tokenizer: 'xlm-roberta', pooling: 'first' },
  {
    name: 'multilingual-e5-small',
    dimension: 384,
    maxTokens: 512,
    tokenizer: 'xlm-roberta',
    pooling: 'mean',
    queryPrefix: 'query: ',
    documentPrefix: 'passage: ',
    smaller: [],
  },
  {
    name: 'nomic-embed-text-v1.5',
    dimension: 768,
    maxTokens: 8_192,
    tokenizer: 'wordpiece',
    pooling: 'mean',
    queryPrefix: 'search_query: ',
    documentPrefix: 'search_document: ',
    smaller: [512, 256, 128, 64],
  },
  {
    name: 'embeddinggemma-300m',
    dimension: 768,
    maxTokens: 2_048,
    tokenizer: 'gemma',
    // Two layers come after the mean.
    pooling: 'model',
    queryPrefix: 'task: search result | query: ',
    documentPrefix: 'title: none | text: ',
    smaller: [512, 256, 128],
  },
  {
    name: 'qwen3-embedding-0.6b',
    dimension: 1_024,
    maxTokens: 32_768,
    tokenizer: 'qwen2',
    pooling: 'last',
    queryPrefix: 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:',
    documentPrefix: '',
    smaller: 'any',
  },
];

/** Facts of a model by its name, or `undefined`. */
export function findModel(name: string): EmbeddingModelFacts | undefined {
  return embeddingModels.find((model) => model.name === name);
}

/**
 * The name of a model where only lower-case letters, digits and underscores may stand, at most 40: in names of properties and
 * indexes of a graph, for example.
 *
 * @param dimension of the vectors, where they are cut
 */
export function modelKey(name: string, dimension?: number): string {
  const whole = [name, ...(dimension === undefined ? [] : [dimension])].join('_');
  return whole
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_')
    .slice(0, 40);
}

/** Whether vectors of a model may be cut to so many numbers. */
export function mayCutTo({ dimension, smaller }: EmbeddingModelFacts, wanted: number): boolean {
  if (wanted === dimension) return true;
  return smaller === 'any' ? wanted > 0 && wanted < dimension : smaller.includes(wanted);
}

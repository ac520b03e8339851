import { createProvider } from '../../src/index.ts';

// Ends with exit code 3 while a model runs in it. Arguments: the model's folder.
const { signal } = new AbortController();
const folder = process.argv[2] ?? '';
const provider = await createProvider({ kind: 'onnx', model: 'all-minilm-l6-v2', folder }, signal);
const texts = Array.from({ length: 500 }, (_, index) => `${index} ${'of words '.repeat(60)}`);
void provider.embed(texts, signal);
setTimeout(() => process.exit(3), 300);

import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelFilesMissingError, ModelUnusableError } from '../errors.ts';

/** Files of a model. */
export interface ModelFiles {
  /** The ONNX file. */
  readonly modelFile: string;
  /** What tokenizer.json and tokenizer_config.json hold. */
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
}

/** Where a model may be in a folder as Hugging Face has them; the first that is there is taken. */
const modelFileNames = ['onnx/model.onnx', 'onnx/model_quantized.onnx', 'model.onnx', 'model_quantized.onnx'];

const object = z.record(z.string(), z.unknown());
const nameFile = z.object({ name: z.string() });

/**
 * Reads what is small in a folder with a model, and finds what is large.
 *
 * @param folder with an ONNX file, tokenizer.json and, where the model has one, tokenizer_config.json
 * @param model its name in the table of models; a folder whose model.json has another name is refused
 * @param modelFile path of the ONNX file in the folder. @default the first of the usual ones
 * @throws ModelFilesMissingError, ModelUnusableError
 */
export async function readModelFolder(folder: string, model: string, modelFile?: string): Promise<ModelFiles> {
  const candidates = modelFile === undefined ? modelFileNames : [modelFile];
  const found = await firstThatIs(candidates.map((name) => join(folder, name)));
  const tokenizerFile = join(folder, 'tokenizer.json');
  const tokenizer = await readJson(tokenizerFile);
  const missing = [
    ...(found === undefined ? [candidates.join(' or ')] : []),
    ...(tokenizer === undefined ? ['tokenizer.json'] : []),
  ];
  if (found === undefined || tokenizer === undefined) throw new ModelFilesMissingError(folder, missing);
  const named = nameFile.safeParse(await readJson(join(folder, 'model.json')));
  if (named.success && named.data.name !== model) {
    throw new ModelUnusableError(folder, `it holds ${named.data.name} (model.json), and ${model} is wanted`);
  }
  return {
    modelFile: found,
    tokenizer,
    tokenizerConfig: (await readJson(join(folder, 'tokenizer_config.json'))) ?? {},
  };
}

async function firstThatIs(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** What a JSON file holds; `undefined` when there is none. */
async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ModelUnusableError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
  try {
    return object.parse(JSON.parse(text));
  } catch (cause) {
    throw new ModelUnusableError(path, 'it is not an object in JSON', { cause });
  }
}

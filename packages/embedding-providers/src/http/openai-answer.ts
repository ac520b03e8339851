import { z } from 'zod';
import type { ProviderAnswer } from '../embedding-provider.ts';
import { InvalidAnswerError } from '../errors.ts';
import { rateState } from './answer-headers.ts';
import type { JsonAnswer } from './post-json.ts';

/**
 * A vector as JSON has it. Its numbers are checked when they are packed: one by one here, a call's would take as long as the rest of
 * its answer.
 */
export const vectorSchema = z.custom<readonly unknown[]>(Array.isArray, 'a list of numbers');

const answerSchema = z.object({
  data: z.array(z.object({ index: z.int(), embedding: z.union([z.string(), vectorSchema]) })),
  usage: z.object({ prompt_tokens: z.int().optional(), total_tokens: z.int().optional() }).optional(),
});

/**
 * Vectors of an answer in OpenAI's shape, ordered by their `index`: the order of the answer says nothing.
 *
 * @throws InvalidAnswerError
 */
export function openAiAnswer({ json, headers }: JsonAnswer, inputs: number): ProviderAnswer {
  const answer = answerSchema.safeParse(json);
  if (!answer.success) throw new InvalidAnswerError("The provider's answer has no vectors.", { cause: answer.error });
  const vectors: (Float32Array | undefined)[] = Array.from({ length: inputs }, () => undefined);
  for (const { index, embedding } of answer.data.data) {
    if (index < 0 || index >= inputs || vectors[index] !== undefined) {
      throw new InvalidAnswerError(`The provider answered a vector for input ${index} of ${inputs}, or two of them.`);
    }
    vectors[index] = typeof embedding === 'string' ? fromBase64(embedding) : numbers(embedding);
  }
  const { usage } = answer.data;
  return {
    vectors: vectors.filter((vector) => vector !== undefined),
    tokens: usage?.prompt_tokens ?? usage?.total_tokens,
    rate: rateState(headers),
  };
}

/** The numbers of a vector; anything else (JSON makes null of NaN) becomes NaN, which the check of vectors finds. */
export function numbers(values: readonly unknown[]): Float32Array {
  const vector = new Float32Array(values.length);
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place];
    vector[place] = typeof value === 'number' ? value : Number.NaN;
  }
  return vector;
}

/** Little-endian 32-bit floats. */
function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const vector = new Float32Array(Math.floor(bytes.length / 4));
  for (let place = 0; place < vector.length; place += 1) vector[place] = bytes.readFloatLE(place * 4);
  return vector;
}

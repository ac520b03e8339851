/** What a provider takes in one call. */
export interface CallLimits {
  readonly maxInputs: number;
  /** Tokens of all inputs together. */
  readonly maxTokens: number;
}

/**
 * Batches of inputs, in their order, none over either limit. An input that alone is over the limit of tokens is a batch of its own:
 * the provider decides about it.
 *
 * @param tokens of each input
 * @returns places of the inputs, batch by batch
 */
export function planBatches(tokens: readonly number[], { maxInputs, maxTokens }: CallLimits): readonly number[][] {
  const batches: number[][] = [];
  let batch: number[] = [];
  let sum = 0;
  for (const [place, count] of tokens.entries()) {
    if (batch.length > 0 && (batch.length >= maxInputs || sum + count > maxTokens)) {
      batches.push(batch);
      batch = [];
      sum = 0;
    }
    batch.push(place);
    sum += count;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

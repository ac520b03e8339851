import type { TextEmbedderHooks } from '@hartonomous/embedding-providers';
import type { Budget, DayUsage } from './day-usage.ts';
import type { JobStore } from './job-store.ts';

/** Counts what is asked of the provider, and knows when it is enough for the day. */
export class Usage {
  readonly budget: Budget;
  readonly #store: Pick<JobStore, 'recordUsage'>;
  #unrecorded = { requests: 0, inputs: 0, tokens: 0 };

  constructor(store: Pick<JobStore, 'recordUsage'>, budget: Budget) {
    this.#store = store;
    this.budget = budget;
  }

  onCall: NonNullable<TextEmbedderHooks['onCall']> = ({ inputs, tokens }) => {
    const { requests, inputs: sum, tokens: before } = this.#unrecorded;
    this.#unrecorded = { requests: requests + 1, inputs: sum + inputs, tokens: before + tokens };
  };

  /** What tokens cost. */
  costOf(tokens: number): number {
    return (tokens * this.budget.price) / 1_000_000;
  }

  /**
   * Writes what was counted since the last time; gives the day's sums. A process that is killed loses the count of one call.
   *
   * @throws BrokerError; what was counted is then written the next time
   */
  async record(modelId: number, signal: AbortSignal): Promise<DayUsage> {
    const counted = this.#unrecorded;
    this.#unrecorded = { requests: 0, inputs: 0, tokens: 0 };
    try {
      return await this.#store.recordUsage(
        modelId,
        { ...counted, cost: this.costOf(counted.tokens) },
        this.budget,
        signal,
      );
    } catch (error) {
      const { requests, inputs, tokens } = this.#unrecorded;
      this.#unrecorded = {
        requests: requests + counted.requests,
        inputs: inputs + counted.inputs,
        tokens: tokens + counted.tokens,
      };
      throw error;
    }
  }
}

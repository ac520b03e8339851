/** What is allowed on a day (UTC), and what tokens cost. */
export interface Budget {
  /** Of a million tokens. */
  readonly price: number;
  /** `undefined`: no cap. */
  readonly maxTokens: number | undefined;
  readonly maxCost: number | undefined;
}

/** Sums of a day, of all generators of a model. */
export interface DayUsage {
  readonly tokens: number;
  readonly cost: number;
  readonly isCapReached: boolean;
  /** Until the next day. */
  readonly secondsLeft: number;
}

/** What was asked of a provider. */
export interface UsageCounts {
  readonly requests: number;
  readonly inputs: number;
  readonly tokens: number;
  readonly cost: number;
}

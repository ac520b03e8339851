/** Milliseconds that it is believed who there is. Too short: SQL is asked all the time; too long: a new tenant waits that long for its share. */
const believedMs = 60_000;

/** Whether one tenant alone may ask, or several. */
export class Tenants {
  readonly #withKeys: (most: number, signal: AbortSignal) => Promise<readonly number[]>;
  readonly #assigned: ReadonlySet<number>;
  readonly #believedMs: number;
  #known: { readonly at: number; readonly areSeveral: boolean } | undefined;

  /**
   * @param withKeys asks for tenants that have a valid key, at most so many
   * @param assigned tenants that the directory's people have roles in
   */
  constructor(
    withKeys: (most: number, signal: AbortSignal) => Promise<readonly number[]>,
    assigned: Iterable<number>,
    options: { readonly believedMs?: number } = {},
  ) {
    this.#withKeys = withKeys;
    this.#assigned = new Set(assigned);
    this.#believedMs = options.believedMs ?? believedMs;
  }

  /** Whether there are several. @throws BrokerError */
  async areSeveral(signal: AbortSignal): Promise<boolean> {
    if (this.#assigned.size > 1) return true;
    const now = performance.now();
    if (this.#known !== undefined && now - this.#known.at < this.#believedMs) return this.#known.areSeveral;
    const tenants = new Set([...this.#assigned, ...(await this.#withKeys(2, signal))]);
    this.#known = { at: performance.now(), areSeveral: tenants.size > 1 };
    return this.#known.areSeveral;
  }
}

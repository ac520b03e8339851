/** Milliseconds that it is believed who there is. Too short: SQL is asked all the time; too long: a new tenant waits that long for its share. */
const believedMs = 60_000;

/** Whether one tenant alone may ask, or several. */
export class Tenants {
  readonly #withKeys: (most: number) => Promise<readonly number[]>;
  readonly #assigned: ReadonlySet<number>;
  readonly #believedMs: number;
  #known: { at: number; areSeveral: boolean } | undefined;
  #look: Promise<boolean> | undefined;

  /**
   * @param withKeys asks for tenants that have a valid key, at most so many
   * @param assigned tenants that the directory's people have roles in
   */
  constructor(
    withKeys: (most: number) => Promise<readonly number[]>,
    assigned: Iterable<number>,
    options: { readonly believedMs?: number } = {},
  ) {
    this.#withKeys = withKeys;
    this.#assigned = new Set(assigned);
    this.#believedMs = options.believedMs ?? believedMs;
  }

  /**
   * Whether there are several. It is looked for once in a while, beside requests: none waits for that but the first, and none fails. While
   * nobody knows, there may be others.
   */
  async areSeveral(): Promise<boolean> {
    if (this.#assigned.size > 1) return true;
    if (this.#known === undefined || performance.now() - this.#known.at >= this.#believedMs) {
      this.#look ??= this.#lookNow().finally(() => {
        this.#look = undefined;
      });
    }
    return this.#known?.areSeveral ?? (await this.#look) ?? true;
  }

  /** Never rejects. */
  async #lookNow(): Promise<boolean> {
    try {
      const tenants = new Set([...this.#assigned, ...(await this.#withKeys(2))]);
      this.#known = { at: performance.now(), areSeveral: tenants.size > 1 };
      return this.#known.areSeveral;
    } catch {
      // SQL Server is away, which those learn who need it. What was known goes on for as long again.
      if (this.#known !== undefined) this.#known.at = performance.now();
      return this.#known?.areSeveral ?? true;
    }
  }
}

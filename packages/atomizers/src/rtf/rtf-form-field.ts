/** Word allows for 25. */
const maxEntries = 1_000;
const maxEntryLength = 4096;
const types = { box: 1, list: 2 } as const;
/** As a result: nobody has changed it. */
const unchanged = 25;

/** A box to tick or a list to choose from, of a form (RTF 1.9.1, "Form Fields"). */
export class RtfFormField {
  readonly #values = new Map<string, number>();
  readonly #entries: string[] = [];

  /** Takes a word that describes it. */
  word(name: string, value: number | undefined): void {
    if (name === 'fftype' || name === 'ffres' || name === 'ffdefres') this.#values.set(name, value ?? 0);
  }

  beginEntry(): void {
    if (this.#entries.length < maxEntries) this.#entries.push('');
  }

  /** Adds to the entry that was begun last. */
  addToEntry(text: string): void {
    const last = this.#entries.length - 1;
    if (last >= 0) this.#entries[last] = `${this.#entries[last]}${text}`.slice(0, maxEntryLength);
  }

  /** What a person sees of it; undefined for fields to type in, whose text is the field's result. */
  get shown(): string | undefined {
    const result = this.#values.get('ffres') ?? unchanged;
    const chosen = result === unchanged ? (this.#values.get('ffdefres') ?? 0) : result;
    const type = this.#values.get('fftype');
    if (type === types.box) return chosen === 1 ? '☒' : '☐';
    return type === types.list ? this.#entries[chosen] : undefined;
  }
}

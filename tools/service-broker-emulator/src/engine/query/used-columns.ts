/** Columns of a row source that a statement names, noted while it is compiled: permissions may be given on each of them. */
export class UsedColumns {
  readonly #ordinals = new Set<number>();
  /** All columns of the source, in the order that they have there; set as soon as they are known. */
  columns: readonly { readonly name: string }[] = [];

  constructor(columns: readonly { readonly name: string }[] = []) {
    this.columns = columns;
  }

  get isEmpty(): boolean {
    return this.#ordinals.size === 0;
  }

  add(ordinal: number): void {
    this.#ordinals.add(ordinal);
  }

  /** Whether the column is used. A statement that names none uses all of them. */
  has(ordinal: number): boolean {
    return this.isEmpty || this.#ordinals.has(ordinal);
  }

  /** Names of the columns that are used, in the order of the source. A statement that names none uses all of them. */
  get names(): readonly string[] {
    const used = this.isEmpty ? this.columns : this.columns.filter((_, ordinal) => this.#ordinals.has(ordinal));
    return used.map(({ name }) => name);
  }

  /** The columns behind these, of the source that they come from. @param ordinalOf undefined for what is computed */
  behind(columns: UsedColumns['columns'], ordinalOf: (ordinal: number) => number | undefined): UsedColumns {
    const used = new UsedColumns(columns);
    for (const ordinal of this.#ordinals) {
      const behind = ordinalOf(ordinal);
      if (behind !== undefined) used.add(behind);
    }
    return used;
  }
}

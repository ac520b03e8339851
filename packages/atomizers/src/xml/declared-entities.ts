/** More in one document say nothing new. */
const maxNames = 1_000;
const declaration = /<!ENTITY\s+([\p{L}_][\p{L}\p{N}._-]{0,99})\s/gu;
const reference = /&([\p{L}_][\p{L}\p{N}._-]{0,99});/gu;

/** The entities that a document declares for itself. They are never expanded, so what they stand for isn't in its texts. */
export class DeclaredEntities {
  readonly #names = new Set<string>();

  /** @param beginning of the document, where its declarations are */
  constructor(beginning: string) {
    if (!beginning.includes('<!DOCTYPE')) return;
    for (const [, name = ''] of beginning.matchAll(declaration)) if (this.#names.size < maxNames) this.#names.add(name);
  }

  /** How often a text refers to one. */
  countIn(text: string): number {
    if (this.#names.size === 0 || !text.includes('&')) return 0;
    let count = 0;
    for (const [, name = ''] of text.matchAll(reference)) if (this.#names.has(name)) count += 1;
    return count;
  }
}

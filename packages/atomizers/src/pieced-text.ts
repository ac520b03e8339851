/** Pieces that are joined at a time. */
const piecesAtOnce = 1_024;

/**
 * A text that comes in pieces. `+=` would keep each piece with a node of its own until the text is read, which for short pieces is
 * several times the text.
 */
export class PiecedText {
  #joined: string[] = [];
  #pieces: string[] = [];
  #length = 0;

  /** In UTF-16 code units. */
  get length(): number {
    return this.#length;
  }

  add(piece: string): void {
    this.#length += piece.length;
    this.#pieces.push(piece);
    if (this.#pieces.length < piecesAtOnce) return;
    this.#joined.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  clear(): void {
    this.#joined = [];
    this.#pieces = [];
    this.#length = 0;
  }

  toString(): string {
    const rest = this.#pieces.join('');
    return this.#joined.length === 0 ? rest : this.#joined.join('') + rest;
  }
}

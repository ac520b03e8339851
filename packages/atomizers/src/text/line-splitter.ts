/** A line of a text, with its end: LF, CRLF or CR. */
export interface Line {
  readonly text: string;
  /** In UTF-16 code units from the start of the text. */
  readonly start: number;
  /** Counted from 1. */
  readonly number: number;
}

/** Where a text may be cut at most `length` code units on without splitting a surrogate pair; at least one unit on. */
function cutAt(text: string, start: number, length: number): number {
  const end = start + length;
  const before = text.charCodeAt(end - 1);
  const after = text.charCodeAt(end);
  const splits = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return splits && length > 1 ? end - 1 : end;
}

/** A text in pieces of at most so many code units, none of which splits a surrogate pair; an empty text has none. */
export function* piecesOf(text: string, maxLength: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = Math.min(cutAt(text, at, maxLength), text.length);
    yield text.slice(at, end);
    at = end;
  }
}

/** Where a line ends whose next LF and CR are at these places; undefined where that isn't known yet. */
function lineEnd(feed: number, carriage: number, length: number): number | undefined {
  if (carriage === -1 || (feed !== -1 && feed < carriage)) return feed === -1 ? undefined : feed + 1;
  if (feed === carriage + 1) return feed + 1;
  return carriage + 1 < length ? carriage + 1 : undefined;
}

/** Splits a text that comes in pieces into lines. A line that is too long comes as several with the same number. */
export class LineSplitter {
  readonly #maxLength: number;
  #rest = '';
  #searched = 0;
  #start = 0;
  #number = 1;

  /** @param maxLength longest line in UTF-16 code units; 2 or more */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The lines that are complete with this piece. */
  *push(piece: string): Generator<Line> {
    const text = this.#rest + piece;
    let at = 0;
    let searched = this.#searched;
    let feed = text.indexOf('\n', searched);
    let carriage = text.indexOf('\r', searched);
    for (;;) {
      if (feed !== -1 && feed < searched) feed = text.indexOf('\n', searched);
      if (carriage !== -1 && carriage < searched) carriage = text.indexOf('\r', searched);
      const end = lineEnd(feed, carriage, text.length);
      if ((end ?? text.length) - at > this.#maxLength) {
        const cut = cutAt(text, at, this.#maxLength);
        yield this.#line(text.slice(at, cut));
        at = cut;
        searched = Math.max(at, searched);
        continue;
      }
      if (end === undefined) break;
      yield this.#line(text.slice(at, end));
      this.#number += 1;
      at = end;
      searched = end;
    }
    this.#rest = text.slice(at);
    // What a CR at the end belongs to shows with the next piece.
    this.#searched = this.#rest.endsWith('\r') ? this.#rest.length - 1 : this.#rest.length;
  }

  /** The last line, if the text doesn't end with a line end. */
  *end(): Generator<Line> {
    if (this.#rest !== '') yield this.#line(this.#rest);
    this.#rest = '';
  }

  #line(text: string): Line {
    const line = { text, start: this.#start, number: this.#number };
    this.#start += text.length;
    return line;
  }
}

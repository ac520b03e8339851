const separator = Buffer.from('\nFrom ');
/** The line of a separator, and what is behind it: the first field of a header, or another line for a program. */
const separatorLine = /^\nFrom \S.{0,200}\b\d{4}\b.*\r?\n>?[A-Za-z][A-Za-z0-9-]*[: ]/;
/** How far behind its beginning a separator can be told. */
const separatorBytes = 1024;
const escaped = /(^|\n)>(>*From )/g;

/** Splits the bytes of a mailbox into messages, one after the other. */
export class MailboxSplitter {
  readonly #blocks: AsyncIterator<Uint8Array>;
  /** Begins with a message's first line, or is within one. */
  #rest: Buffer = Buffer.alloc(0);
  /** That have come so far. */
  bytes = 0;
  #hasMore = true;
  #isWithin = false;

  constructor(blocks: AsyncIterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  /** The next message, which has to be read to its end before the one after it; undefined if there is none. */
  async next(): Promise<AsyncIterable<Uint8Array> | undefined> {
    while (this.#isWithin) await this.#piece();
    if (this.#rest.length === 0 && !(await this.#more())) return undefined;
    await this.#dropFirstLine();
    this.#isWithin = true;
    const pieces = async function* (this: MailboxSplitter): AsyncGenerator<Uint8Array> {
      while (this.#isWithin) yield await this.#piece();
    };
    return pieces.call(this);
  }

  /** Bytes of the message, up to its end or as many as there are. */
  async #piece(): Promise<Uint8Array> {
    const at = await this.#separatorAt();
    if (at !== -1) {
      const piece = this.#rest.subarray(0, at + 1);
      this.#rest = this.#rest.subarray(at + 1);
      this.#isWithin = false;
      return unescaped(piece);
    }
    // The separator may go on in the next block; and a line that is escaped must not be cut, unless it has no end.
    const last = this.#rest.lastIndexOf(10);
    const end = last <= 0 && this.#rest.length > separator.length ? this.#rest.length : Math.max(0, last);
    const piece = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(end);
    if (await this.#more()) return unescaped(piece);
    const all = Buffer.concat([piece, this.#rest]);
    this.#rest = Buffer.alloc(0);
    this.#isWithin = false;
    return unescaped(all);
  }

  /** Where the message ends in what has come, or -1. */
  async #separatorAt(): Promise<number> {
    for (let at = this.#rest.indexOf(separator); at !== -1; at = this.#rest.indexOf(separator, at + 1)) {
      while (this.#rest.length - at < separatorBytes && (await this.#more()));
      // A line of the text may begin with the same word: an empty line comes before a separator, its date, and a field behind it.
      const before = this.#rest.subarray(Math.max(0, at - 2), at).toString('latin1');
      const isBehindBlank = before.length < 2 || /\n\r?$/.test(before);
      const text = this.#rest.subarray(at, at + separatorBytes).toString('latin1');
      if (isBehindBlank && separatorLine.test(text)) return at;
    }
    return -1;
  }

  async #more(): Promise<boolean> {
    if (!this.#hasMore) return false;
    const next = await this.#blocks.next();
    if (next.done === true) {
      this.#hasMore = false;
      return false;
    }
    this.bytes += next.value.length;
    this.#rest = Buffer.concat([this.#rest, next.value]);
    return true;
  }

  async #dropFirstLine(): Promise<void> {
    let end = this.#rest.indexOf(10);
    while (end === -1 && (await this.#more())) end = this.#rest.indexOf(10);
    this.#rest = end === -1 ? Buffer.alloc(0) : this.#rest.subarray(end + 1);
  }
}

/** Lines of a message that begin like a separator have a `>` before them. */
function unescaped(bytes: Buffer): Uint8Array {
  if (!bytes.includes('>From ')) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll(escaped, '$1$2'), 'latin1');
}

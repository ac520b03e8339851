import { type Handler, Parser, type ParserOptions } from 'htmlparser2';
import { NestingTooDeepError } from '../errors.ts';

/**
 * htmlparser2's parser, which stops nesting at a depth and goes on, as browsers do: it gets slow with depth itself. An element
 * that is deeper is reported as opened and closed at once; what is in it belongs to the last one that is open.
 */
export class BoundedHtmlParser extends Parser {
  readonly #maxDepth: number;
  readonly #depth: () => number;
  readonly #alwaysNested: ReadonlySet<string>;
  /** How many elements of a name are open without being nested: their end tags close nothing. */
  readonly #beyond = new Map<string, number>();
  #phase: 'opening' | 'opened' | 'closing' = 'opening';
  #isBeyond = false;

  /**
   * @param maxDepth how many elements may be open
   * @param depth how many are
   * @param alwaysNested elements that have to be nested, so that their content is known as theirs
   */
  constructor(
    handler: Partial<Handler>,
    options: ParserOptions,
    maxDepth: number,
    depth: () => number,
    alwaysNested: ReadonlySet<string>,
  ) {
    super(handler, options);
    this.#maxDepth = maxDepth;
    this.#depth = depth;
    this.#alwaysNested = alwaysNested;
  }

  override onopentagend(endIndex: number): void {
    this.#during('opened', () => super.onopentagend(endIndex));
  }

  override onselfclosingtag(endIndex: number): void {
    this.#during('opened', () => super.onselfclosingtag(endIndex));
  }

  override onclosetag(start: number, endIndex: number): void {
    this.#during('closing', () => super.onclosetag(start, endIndex));
  }

  protected override isVoidElement(name: string): boolean {
    if (super.isVoidElement(name)) return true;
    if (this.#phase === 'opened') return this.#isBeyond;
    const open = this.#beyond.get(name) ?? 0;
    if (this.#phase === 'closing') {
      if (open > 0) this.#beyond.set(name, open - 1);
      return open > 0;
    }
    const depth = this.#depth();
    if (depth > 2 * this.#maxDepth) throw new NestingTooDeepError('HTML', 2 * this.#maxDepth);
    this.#isBeyond = depth >= this.#maxDepth && !this.#alwaysNested.has(name);
    if (this.#isBeyond) this.#beyond.set(name, open + 1);
    return this.#isBeyond;
  }

  #during(phase: 'opened' | 'closing', run: () => void): void {
    this.#phase = phase;
    try {
      run();
    } finally {
      this.#phase = 'opening';
    }
  }
}

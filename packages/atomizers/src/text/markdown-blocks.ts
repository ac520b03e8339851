import type { Line } from './line-splitter.ts';
import { htmlBlockEnd } from './markdown-html.ts';

/** A block of a Markdown text. */
export interface MarkdownBlock {
  readonly kind: 'heading' | 'paragraph' | 'code' | 'front-matter';
  readonly text: string;
  /** In UTF-16 code units from the start of the text. */
  readonly start: number;
  /** Number of its first line. */
  readonly line: number;
  /** Of a heading: 1 to 6. */
  readonly level?: number;
  /** Of a heading: what it says. */
  readonly title?: string;
  /** Of code: what is written behind the fence. */
  readonly language?: string;
}

const atxHeading = /^ {0,3}(#{1,6})(?=[ \t]|$)/;
const markedLine = /^\s{0,99}(?:[-*+>|]|\d{1,9}[.)])/;
const listItem = /^( {0,3})([-*+]|\d{1,9}[.)])( {1,4}|\t|$)/;
const setextUnderline = /^ {0,3}(=+|-+)[ \t]*$/;
// The info string of backticks has none itself: otherwise it's code within a line (CommonMark, section 4.5).
const fenceStart = /^( {0,3})(?:(`{3,})[ \t]*([^`\s]*)[^`]*|(~{3,})[ \t]*(\S*).*)$/;
/** Titles and languages are repeated in metadata, so what is longer is cut. */
const maxLabelLength = 200;
/** Longer front matter doesn't count as such: it is a line across the page, and a text. */
const maxFrontMatterLines = 500;

interface Fence {
  readonly mark: string;
  /** Blanks that its content has if it's in an item of a list; with fewer the item, and the fence, has ended. */
  readonly indent: number;
}

/**
 * Groups the lines of a Markdown text into blocks, which together are the text: headings (with `#` or underlined),
 * fenced code, front matter, and everything else as paragraphs, which end with blank lines. Fences, HTML blocks and
 * headings are recognised by CommonMark's rules. One that grows too long goes on as another of its kind.
 */
export class MarkdownBlocks {
  readonly #maxLength: number;
  #lines: string[] = [];
  #length = 0;
  #first: Line | undefined;
  #kind: MarkdownBlock['kind'] = 'paragraph';
  #fence: Fence | undefined;
  /** The end of the HTML block that is open. */
  #htmlEnd: RegExp | undefined;
  /** Where the content of the item of a list begins that is open; 0 without one. */
  #itemIndent = 0;
  /** Lines that are front matter if its end comes. */
  #held: Line[] | undefined;
  #language = '';
  #endsBlank = false;
  #hasText = false;
  /** Whether no line of it is an item of a list, a quote, a table row or HTML. */
  #isPlain = true;
  #heading: { level: number; title: string } | undefined;

  /** @param maxLength longest block in UTF-16 code units; no line may be longer */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The blocks that are complete because of this line. */
  *push(line: Line): Generator<MarkdownBlock> {
    const text = withoutEnd(line.text);
    if (line.number === 1 && line.start === 0 && /^---[ \t]*$/.test(text)) {
      this.#held = [line];
      return;
    }
    if (this.#held === undefined) {
      yield* this.#pushLine(line, text);
      return;
    }
    this.#held.push(line);
    if (/^(?:---|\.\.\.)[ \t]*$/.test(text)) yield* this.#frontMatter(this.#held);
    else if (!this.#mayBeFrontMatter(this.#held, text)) yield* this.#release();
  }

  /** The last blocks. */
  *end(): Generator<MarkdownBlock> {
    if (this.#held !== undefined) yield* this.#release();
    yield* this.#take();
  }

  #mayBeFrontMatter(held: readonly Line[], text: string): boolean {
    if (held.length > maxFrontMatterLines || (held.at(-1)?.start ?? 0) + text.length > this.#maxLength) return false;
    // YAML's first line is a key, a comment, a list or nothing; a key isn't followed by an empty line and a heading.
    return held.length > 2 || text === '' || /^(?:[\w"'-][^:]*:(?:\s|$)|#|- |\{)/.test(text);
  }

  *#frontMatter(lines: readonly Line[]): Generator<MarkdownBlock> {
    const inner = lines.slice(1, -1).map((line) => withoutEnd(line.text));
    this.#held = undefined;
    const hasKey =
      inner.some((text) => /^[\w"'-][^:]*:(?:\s|$)/.test(text)) || inner.every((text) => text.trim() === '');
    if (!hasKey || !inner.every(isYamlLine)) {
      for (const line of lines) yield* this.#pushLine(line, withoutEnd(line.text));
      return;
    }
    this.#kind = 'front-matter';
    for (const line of lines) this.#add(line, '');
  }

  /** It was a line across the page. */
  *#release(): Generator<MarkdownBlock> {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) yield* this.#pushLine(line, withoutEnd(line.text));
  }

  *#pushLine(line: Line, text: string): Generator<MarkdownBlock> {
    if (this.#first !== undefined && this.#length + line.text.length > this.#maxLength) yield* this.#take();
    const blank = text.trim() === '';
    if (this.#fence !== undefined && !blank && indentOf(text) < this.#fence.indent) {
      this.#fence = undefined;
      this.#itemIndent = 0;
    }
    if (this.#fence !== undefined) {
      this.#insideFence(line, text, this.#fence);
      return;
    }
    if (this.#htmlEnd !== undefined) {
      this.#add(line, text);
      if (this.#htmlEnd.test(text)) this.#htmlEnd = undefined;
      return;
    }
    if (!blank && this.#isClosed()) yield* this.#take();
    const end = htmlBlockEnd(text, this.#first !== undefined && !this.#endsBlank);
    if (end !== undefined) {
      this.#isPlain = false;
      this.#add(line, text);
      if (!end.test(text)) this.#htmlEnd = end;
      this.#endsBlank = false;
      return;
    }
    this.#noteItem(text, blank);
    if (!blank && (yield* this.#interrupt(line, text))) return;
    this.#add(line, text);
    this.#endsBlank = blank && this.#hasText;
  }

  /** Whether only blank lines can follow in this block. */
  #isClosed(): boolean {
    return this.#endsBlank || this.#kind !== 'paragraph';
  }

  #noteItem(text: string, blank: boolean): void {
    const item = listItem.exec(text);
    if (item !== null) this.#itemIndent = (item[1]?.length ?? 0) + (item[2]?.length ?? 0) + 1;
    else if (!blank && this.#endsBlank && indentOf(text) < this.#itemIndent) this.#itemIndent = 0;
  }

  /** Headings and fences begin a block wherever they are. */
  *#interrupt(line: Line, text: string): Generator<MarkdownBlock, boolean> {
    const underline = setextUnderline.exec(text);
    if (
      // An underline makes a heading of text, not of a list, a quote or a table.
      underline !== null &&
      this.#kind === 'paragraph' &&
      this.#hasText &&
      this.#isPlain &&
      !this.#endsBlank
    ) {
      this.#kind = 'heading';
      this.#heading = { level: underline[1]?.startsWith('=') ? 1 : 2, title: this.#lines.join('').trim() };
      this.#add(line, text);
      return true;
    }
    const atx = atxHeading.exec(text);
    const fence = atx === null ? fenceStart.exec(text) : null;
    if (atx === null && fence === null) return false;
    yield* this.#take();
    if (atx !== null) {
      this.#kind = 'heading';
      this.#heading = { level: atx[1]?.length ?? 1, title: atxTitle(text) };
    } else {
      this.#kind = 'code';
      const indent = indentOf(text);
      this.#fence = {
        mark: fence?.[2] ?? fence?.[4] ?? '',
        indent: this.#itemIndent > 0 && indent >= this.#itemIndent ? this.#itemIndent : 0,
      };
      this.#language = fence?.[3] ?? fence?.[5] ?? '';
    }
    this.#add(line, text);
    return true;
  }

  #insideFence(line: Line, text: string, { mark, indent }: Fence): void {
    this.#add(line, text);
    const trimmed = text.trim();
    const isMark = trimmed.startsWith(mark) && trimmed === trimmed.charAt(0).repeat(trimmed.length);
    // With four blanks it's a line of the code.
    if (isMark && indentOf(text) - indent <= 3) this.#fence = undefined;
  }

  #add(line: Line, text: string): void {
    this.#first ??= line;
    this.#lines.push(line.text);
    this.#length += line.text.length;
    this.#hasText ||= text.trim() !== '';
    this.#isPlain &&= !markedLine.test(text);
  }

  *#take(): Generator<MarkdownBlock> {
    const first = this.#first;
    if (first !== undefined) {
      yield {
        kind: this.#kind,
        text: this.#lines.join(''),
        start: first.start,
        line: first.number,
        ...(this.#heading && { level: this.#heading.level, title: label(this.#heading.title) }),
        ...(this.#language !== '' && { language: label(this.#language) }),
      };
    }
    this.#lines = [];
    this.#length = 0;
    this.#first = undefined;
    this.#endsBlank = false;
    this.#hasText = false;
    this.#isPlain = true;
    this.#heading = undefined;
    // Within a fence a long block goes on as code.
    if (this.#fence !== undefined) return;
    this.#kind = 'paragraph';
    this.#language = '';
  }
}

/** Whether a line may stand in YAML's mappings: a key, what belongs to the key above, a comment or nothing. */
function isYamlLine(text: string): boolean {
  return /^(?:\s|$|#|-(?:\s|$)|[\]})]|[\w"'-][^:]*:(?:\s|$))/.test(text);
}

function withoutEnd(line: string): string {
  return line.replace(/(?:\r\n|\n|\r)$/, '');
}

/** Blanks at the start; a tab goes to the next multiple of four. */
function indentOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character === ' ') columns += 1;
    else if (character === '\t') columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}

/** What a heading says, without the marks around it. */
function atxTitle(line: string): string {
  const text = line.trim().replace(/^#+/, '').trim();
  let end = text.length;
  while (text[end - 1] === '#') end -= 1;
  const isMark = end < text.length && (end === 0 || /\s/.test(text.charAt(end - 1)));
  return isMark ? text.slice(0, end).trim() : text;
}

function label(text: string): string {
  return text.slice(0, maxLabelLength).toWellFormed();
}

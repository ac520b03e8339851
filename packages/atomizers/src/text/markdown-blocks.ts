import type { Line } from './line-splitter.ts';

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

const atxHeading = /^ {0,3}(#{1,6})(?=[ \t]|\r?\n?$)/;
const markedLine = /^\s{0,99}(?:[-*+>|]|\d{1,9}[.)])/;
const setextUnderline = /^ {0,3}(=+|-+)[ \t]*\r?\n?$/;
const fenceStart = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`\s]*)/;
/** Titles and languages are repeated in metadata, so what is longer is cut. */
const maxLabelLength = 200;

/**
 * Groups the lines of a Markdown text into blocks, which together are the text: headings (with `#` or underlined),
 * fenced code, front matter, and everything else as paragraphs, which end with blank lines. One that grows too long
 * goes on as another of its kind.
 */
export class MarkdownBlocks {
  readonly #maxLength: number;
  #lines: string[] = [];
  #length = 0;
  #first: Line | undefined;
  #kind: MarkdownBlock['kind'] = 'paragraph';
  #fence: string | undefined;
  #language = '';
  #endsBlank = false;
  #hasText = false;
  /** Whether no line of it is an item of a list, a quote or a table row. */
  #isPlain = true;
  #heading: { level: number; title: string } | undefined;

  /** @param maxLength longest block in UTF-16 code units; no line may be longer */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The blocks that are complete because of this line. */
  *push(line: Line): Generator<MarkdownBlock> {
    if (this.#first !== undefined && this.#length + line.text.length > this.#maxLength) yield* this.#take();
    if (this.#kind === 'front-matter' && this.#lines.length === 1 && !/^(?:[\w"'-]+\s*:|#|---)/.test(line.text)) {
      // It was a line across the page.
      this.#kind = 'paragraph';
      this.#fence = undefined;
    }
    if (this.#fence !== undefined) {
      this.#insideFence(line, this.#fence);
      return;
    }
    const blank = line.text.trim() === '';
    if (!blank && this.#isClosed()) yield* this.#take();
    if (this.#first === undefined && (yield* this.#begin(line))) return;
    if (!blank && (yield* this.#interrupt(line))) return;
    this.#add(line);
    this.#endsBlank = blank && this.#hasText;
  }

  /** The last block. */
  end(): Generator<MarkdownBlock> {
    return this.#take();
  }

  /** Whether only blank lines can follow in this block. */
  #isClosed(): boolean {
    return this.#endsBlank || this.#kind !== 'paragraph';
  }

  *#begin(line: Line): Generator<MarkdownBlock, boolean> {
    if (line.number === 1 && /^---[ \t]*\r?\n$/.test(line.text)) {
      this.#kind = 'front-matter';
      this.#fence = '---';
      this.#add(line);
      return true;
    }
    return yield* this.#interrupt(line);
  }

  /** Headings and fences begin a block wherever they are. */
  *#interrupt(line: Line): Generator<MarkdownBlock, boolean> {
    const underline = setextUnderline.exec(line.text);
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
      this.#add(line);
      return true;
    }
    const atx = atxHeading.exec(line.text);
    const fence = atx === null ? fenceStart.exec(line.text) : null;
    if (atx === null && fence === null) return false;
    yield* this.#take();
    if (atx !== null) {
      this.#kind = 'heading';
      this.#heading = { level: atx[1]?.length ?? 1, title: atxTitle(line.text) };
    } else {
      this.#kind = 'code';
      this.#fence = fence?.[1] ?? '';
      this.#language = fence?.[2] ?? '';
    }
    this.#add(line);
    return true;
  }

  #insideFence(line: Line, fence: string): void {
    this.#add(line);
    const text = line.text.trim();
    const closes =
      this.#kind === 'front-matter'
        ? text === '---'
        : text.startsWith(fence) && text === text.charAt(0).repeat(text.length);
    if (closes) this.#fence = undefined;
  }

  #add(line: Line): void {
    this.#first ??= line;
    this.#lines.push(line.text);
    this.#length += line.text.length;
    this.#hasText ||= line.text.trim() !== '';
    this.#isPlain &&= !markedLine.test(line.text);
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

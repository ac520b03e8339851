import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { decodeText, textOfHead } from './decode-text.ts';
import { LineSplitter } from './line-splitter.ts';
import { type MarkdownBlock, MarkdownBlocks } from './markdown-blocks.ts';
import { paragraphNode } from './paragraph.ts';
import { type TextNode, textDrafts } from './text-node.ts';

const contentType = 'text/markdown; charset=utf-8';

/** Markdown: sections, each from a heading to the next one, with their headings, paragraphs, sentences and code. */
export const markdownAtomizer: Atomizer = {
  name: 'markdown',
  mediaType: 'text/markdown',
  input: 'text',
  reproduces: 'text',
  offsetUnit: 'character',
  detect(head, name) {
    if (!['md', 'markdown', 'mdown', 'mkd', 'mdx'].includes(fileExtension(name))) return 0;
    return textOfHead(head) === null ? 0 : 0.7;
  },
  async *atomize(source: AtomizerSource, { limits, signal }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const lines = new LineSplitter(limits.maxBlockLength);
    const blocks = new MarkdownBlocks(limits.maxBlockLength);
    const sections = new SectionDrafts(limits.maxSectionLength);
    for await (const piece of decodeText(source, signal)) {
      for (const line of lines.push(piece)) {
        for (const block of blocks.push(line)) for (const draft of sections.push(block)) yield draft;
      }
    }
    for (const line of lines.end()) {
      for (const block of blocks.push(line)) for (const draft of sections.push(block)) yield draft;
    }
    for (const block of blocks.end()) yield* sections.push(block);
    yield* sections.end();
  },
};

/**
 * Gathers blocks into sections. Sections aren't nested: a section that held its subsections would have to be in memory
 * as a whole, and one that didn't would be the same atom for different subsections. `path` says where one belongs.
 */
class SectionDrafts {
  readonly #drafts = new DraftSequence();
  readonly #maxLength: number;
  #blocks: MarkdownBlock[] = [];
  #length = 0;
  #path: { readonly level: number; readonly title: string }[] = [];
  #part = 1;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  *push(block: MarkdownBlock): Generator<AtomDraft> {
    const level = block.level;
    if (level !== undefined) {
      yield* this.end();
      this.#path = [...this.#path.filter((above) => above.level < level), { level, title: block.title ?? '' }];
      this.#part = 1;
    } else if (this.#length > 0 && this.#length + block.text.length > this.#maxLength) {
      yield* this.end();
      this.#part += 1;
    }
    this.#blocks.push(block);
    this.#length += block.text.length;
  }

  *end(): Generator<AtomDraft> {
    const [first] = this.#blocks;
    if (first === undefined) return;
    const heading = this.#path.at(-1);
    const about = heading && {
      heading: heading.title,
      level: heading.level,
      path: this.#path.map(({ title }) => title),
    };
    yield* textDrafts(this.#drafts, {
      atomType: 'section',
      contentType,
      text: this.#blocks.map((block) => block.text).join(''),
      start: first.start,
      metadata: { line: first.line, ...about, ...(this.#part > 1 && { part: this.#part }) },
      children: this.#blocks.map(blockNode),
    });
    this.#blocks = [];
    this.#length = 0;
  }
}

function blockNode(block: MarkdownBlock): TextNode {
  const { kind, text, start, line, language } = block;
  if (kind === 'paragraph') return paragraphNode(text, start, { line });
  return { atomType: kind, contentType, text, start, metadata: { line, ...(language !== undefined && { language }) } };
}

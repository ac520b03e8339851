import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { isJsonWithComments } from '../json/json-with-comments.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { type Line, LineSplitter } from '../text/line-splitter.ts';
import { textDrafts } from '../text/text-node.ts';
import { languages } from './languages.ts';

/** Source code: blocks, which begin at the margin after a blank line, so mostly definitions with their comments. */
export const sourceCodeAtomizer: Atomizer = {
  name: 'source-code',
  mediaType: 'text/plain',
  input: 'text',
  reproduces: 'text',
  offsetUnit: 'character',
  detect(head, name) {
    const text = textOfHead(head);
    if (text === null) return 0;
    if (fileExtension(name) === 'json') return isJsonWithComments(text) ? 0.5 : 0;
    return languageOf(name) === undefined ? 0 : 0.7;
  },
  async *atomize(source: AtomizerSource, { limits, signal }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const drafts = new DraftSequence();
    const lines = new LineSplitter(limits.maxBlockLength);
    const blocks = new CodeBlocks(limits.maxBlockLength);
    const language = languageOf(source.name) ?? 'unknown';
    const draft = function* (block: readonly Line[]): Generator<AtomDraft> {
      const [first] = block;
      if (first === undefined) return;
      const text = block.map((line) => line.text).join('');
      const name = definedName(text);
      const metadata = {
        language,
        line: first.number,
        endLine: block.at(-1)?.number ?? first.number,
        ...(name !== undefined && { name }),
      };
      yield* textDrafts(drafts, { atomType: 'code', text, start: first.start, metadata });
    };
    for await (const piece of decodeText(source, signal)) {
      for (const line of lines.push(piece)) for (const each of draft(blocks.push(line))) yield each;
    }
    for (const line of lines.end()) yield* draft(blocks.push(line));
    yield* draft(blocks.end());
  },
};

function languageOf(name: string): string | undefined {
  const extension = fileExtension(name) === 'json' ? 'jsonc' : fileExtension(name);
  return Object.hasOwn(languages, extension) ? languages[extension] : undefined;
}

/** Groups lines into blocks. */
class CodeBlocks {
  readonly #maxLength: number;
  #lines: Line[] = [];
  #length = 0;
  #afterBlank = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The block that is complete because this line isn't part of it; empty if there is none. */
  push(line: Line): readonly Line[] {
    const blank = line.text.trim() === '';
    // A closing bracket at the margin belongs to what it closes, whatever is before it.
    const begins = this.#afterBlank && /^[^\s})\]]/.test(line.text);
    const complete = begins || this.#length + line.text.length > this.#maxLength ? this.end() : [];
    this.#lines.push(line);
    this.#length += line.text.length;
    this.#afterBlank = blank;
    return complete;
  }

  end(): readonly Line[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#length = 0;
    this.#afterBlank = false;
    return lines;
  }
}

const definition =
  /^(?:export |default |public |private |internal |static |abstract |async |pub |final |sealed )*(?:function|class|interface|enum|struct|trait|type|const|let|def|fn|func|module|namespace|create (?:or alter )?(?:table|procedure|view|function))\*?\s+\[?([\w.$\]["]+)/im;

/** What the first definition at the margin is called; for looking it up, not for compiling. */
function definedName(text: string): string | undefined {
  return definition.exec(text)?.[1]?.slice(0, 128);
}

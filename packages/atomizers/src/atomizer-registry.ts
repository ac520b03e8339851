import type { AtomDraft, Atomizer, AtomizerSource, ChosenAtomizer } from './atomizer.ts';
import { CountedDrafts } from './counted-drafts.ts';
import { ExpansionBudget } from './expansion-budget.ts';
import { type FileReading, NoteCollector } from './notes.ts';
import type { OcrProvider } from './ocr/ocr-provider.ts';
import { OcrReading } from './ocr/ocr-reading.ts';
import { type AtomizerLimitOptions, parseLimits } from './options.ts';
import { ReadingMeasure } from './reading-measure.ts';
import { readHead } from './source-reading.ts';
import { inspectText } from './text/inspect-text.ts';
import { statedEncoding } from './text/stated-encoding.ts';
import { unreadTextFormat } from './text/unread-text-format.ts';
import { ReaderThreads } from './threads/reader-threads.ts';

/** Magic bytes that leave no doubt: the file isn't looked at as text then. */
const certain = 0.9;
/** A text atomizer that scores this by the name alone takes the file for its own. */
const known = 0.5;
const anyText = Buffer.from('text');
/** As long as what keeps it. */
const maxReadAsLength = 64;

/** Options of {@link AtomizerRegistry.atomize}. */
export interface AtomizeOptions {
  /** What differs from the default limits. */
  readonly limits?: AtomizerLimitOptions;
  /** Aborts reading. */
  readonly signal?: AbortSignal;
}

/** A file and the atomizer that was chosen for it. */
export interface AtomizedFile {
  readonly atomizer: Atomizer;
  /**
   * The atomizer's name and what else decides how it reads these bytes: for some formats the file's extension, and a stated
   * encoding. The same bytes with the same text here have the same atoms. At most 64 characters: `csv (tabs, windows-1250)`.
   */
  readonly readAs: string;
  /** Read once; the file is read as they are asked for. */
  readonly drafts: AsyncIterable<AtomDraft>;
  /** How well the file was read; whole once the drafts have come to their end. */
  reading(): FileReading;
}

/** The atomizers that there are, and the choice between them. */
export class AtomizerRegistry {
  readonly #atomizers: readonly Atomizer[];
  readonly #fallback: Atomizer;
  readonly #ocr: OcrProvider | undefined;

  /**
   * @param atomizers in order of preference; the first of those that fit equally well is taken
   * @param fallback takes what fits none; it has to take any bytes
   * @param ocr recognises text in pictures, for the atomizers that have some
   */
  constructor(atomizers: readonly Atomizer[], fallback: Atomizer, ocr?: OcrProvider) {
    const names = [...atomizers, fallback].map((atomizer) => atomizer.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TypeError(`There are two atomizers named ${twice}.`);
    this.#atomizers = [...atomizers];
    this.#fallback = fallback;
    this.#ocr = ocr;
  }

  /** Every atomizer, the fallback last. */
  get atomizers(): readonly Atomizer[] {
    return [...this.#atomizers, this.#fallback];
  }

  /** The same with further atomizers, which are preferred to those that fit equally well. */
  with(...atomizers: readonly Atomizer[]): AtomizerRegistry {
    return new AtomizerRegistry([...atomizers, ...this.#atomizers], this.#fallback, this.#ocr);
  }

  /**
   * Picks the atomizer for a file: by its first bytes, then by its name. One for text is only picked when the whole file
   * is text, in whatever encoding.
   *
   * @param notes receives what was guessed about the file
   * @throws EncodingInvalidError when the source states an encoding that isn't known
   */
  async choose(
    source: AtomizerSource,
    signal: AbortSignal = new AbortController().signal,
    notes: NoteCollector = new NoteCollector(),
  ): Promise<ChosenAtomizer> {
    const head = await readHead(source, signal);
    const [bytes] = this.#candidates('bytes', head, source.name);
    if (bytes !== undefined && bytes.score >= certain) return { atomizer: bytes.atomizer, source };
    const name = this.#candidates('text', anyText, source.name).some(({ score }) => score >= known)
      ? 'text'
      : 'unknown';
    const inspected = await inspectText(source, name, notes, signal);
    if (inspected !== null) {
      const [text] = this.#candidates('text', inspected.head, source.name);
      if (text !== undefined && text.score >= (bytes?.score ?? 0)) {
        inspected.note();
        const unread = unreadTextFormat(Buffer.from(inspected.head).toString());
        if (unread !== undefined)
          notes.add('FORMAT_NOT_READ', `${source.name}: ${unread}, kept as the text that it is`);
        return { atomizer: text.atomizer, source: inspected.source };
      }
    }
    return { atomizer: bytes?.atomizer ?? this.#fallback, source };
  }

  /**
   * Chooses the atomizer for a file and gives its atoms.
   *
   * @throws InvalidLimitsError; reading the drafts throws AtomizerError when the file can't be used
   */
  async atomize(source: AtomizerSource, options: AtomizeOptions = {}): Promise<AtomizedFile> {
    const limits = parseLimits(options.limits);
    const signal = options.signal ?? new AbortController().signal;
    const notes = new NoteCollector();
    const chosen = await this.choose(source, signal, notes);
    const threads = new ReaderThreads(source.size);
    const expansion = new ExpansionBudget(limits, source.size);
    const provider = this.#ocr;
    const ocr = provider && new OcrReading({ provider, notes, signal, maxMs: limits.maxOcrMs });
    const context = { limits, signal, registry: this, expansion, notes, threads, ...(ocr && { ocr }) };
    const measure = new ReadingMeasure(notes);
    const drafts = chosen.atomizer.atomize(chosen.source, context);
    return {
      atomizer: chosen.atomizer,
      readAs: readAs(chosen.atomizer, source),
      drafts: new CountedDrafts(drafts, { limits, size: source.size ?? 0, measure, threads }),
      reading: () => measure.reading(),
    };
  }

  /** The atomizers of one kind that a file may be for, the best first. */
  #candidates(
    input: Atomizer['input'],
    head: Uint8Array,
    name: string,
  ): readonly { readonly atomizer: Atomizer; readonly score: number }[] {
    return this.#atomizers
      .filter((atomizer) => atomizer.input === input)
      .map((atomizer) => ({ atomizer, score: atomizer.detect(head, name) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
  }
}

function readAs({ name, input, variant }: Atomizer, source: AtomizerSource): string {
  const parts = [variant?.(source), input === 'text' ? statedEncoding(source) : undefined].filter(
    (part) => part !== undefined,
  );
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`.slice(0, maxReadAsLength);
}

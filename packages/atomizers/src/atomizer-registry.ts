import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from './atomizer.ts';
import { TooManyAtomsError } from './errors.ts';
import { ExpansionBudget } from './expansion-budget.ts';
import { type AtomizerLimitOptions, resolveLimits } from './options.ts';
import { readHead } from './source-reading.ts';
import { isValidText, utf8Head } from './text/decode-text.ts';

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
  /** Read once; the file is read as they are asked for. */
  readonly drafts: AsyncIterable<AtomDraft>;
}

/** The atomizers that there are, and the choice between them. */
export class AtomizerRegistry {
  readonly #atomizers: readonly Atomizer[];
  readonly #fallback: Atomizer;

  /**
   * @param atomizers in order of preference; the first of those that fit equally well is taken
   * @param fallback takes what fits none; it has to take any bytes
   */
  constructor(atomizers: readonly Atomizer[], fallback: Atomizer) {
    const names = [...atomizers, fallback].map((atomizer) => atomizer.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TypeError(`There are two atomizers named ${twice}.`);
    this.#atomizers = [...atomizers];
    this.#fallback = fallback;
  }

  /** Every atomizer, the fallback last. */
  get atomizers(): readonly Atomizer[] {
    return [...this.#atomizers, this.#fallback];
  }

  /** The same with further atomizers, which are preferred to those that fit equally well. */
  with(...atomizers: readonly Atomizer[]): AtomizerRegistry {
    return new AtomizerRegistry([...atomizers, ...this.#atomizers], this.#fallback);
  }

  /**
   * Picks the atomizer for a file: by its first bytes, then by its name. One for text is only picked when the whole file
   * is valid in its encoding, so that no text is damaged and none is refused half-way.
   *
   * @throws EncodingInvalidError when the source states an encoding that isn't known
   */
  async choose(source: AtomizerSource, signal: AbortSignal = new AbortController().signal): Promise<Atomizer> {
    const head = await readHead(source, signal);
    const textHead = utf8Head(head, source.encoding);
    const candidates = this.#atomizers
      .map((atomizer) => ({
        atomizer,
        score: atomizer.detect(atomizer.input === 'text' ? textHead : head, source.name),
      }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    let validText: boolean | undefined;
    for (const { atomizer } of candidates) {
      if (atomizer.input === 'bytes') return atomizer;
      validText ??= await isValidText(source, signal);
      if (validText) return atomizer;
    }
    return this.#fallback;
  }

  /**
   * Chooses the atomizer for a file and gives its atoms.
   *
   * @throws InvalidLimitsError; reading the drafts throws AtomizerError when the file can't be used
   */
  async atomize(source: AtomizerSource, options: AtomizeOptions = {}): Promise<AtomizedFile> {
    const limits = resolveLimits(options.limits);
    const signal = options.signal ?? new AbortController().signal;
    const atomizer = await this.choose(source, signal);
    const context: AtomizerContext = { limits, signal, registry: this, expansion: new ExpansionBudget(limits) };
    return { atomizer, drafts: countDrafts(atomizer.atomize(source, context), limits.maxAtoms) };
  }
}

async function* countDrafts(drafts: AsyncIterable<AtomDraft>, maxAtoms: number): AsyncGenerator<AtomDraft> {
  for await (const draft of drafts) {
    if (draft.ordinal >= maxAtoms) throw new TooManyAtomsError(maxAtoms);
    yield draft;
  }
}

import type { NoteCollector } from '../notes.ts';
import { OcrError, type OcrParagraph, type OcrProvider } from './ocr-provider.ts';

/** What {@link OcrReading} needs. */
export interface OcrReadingOptions {
  readonly provider: OcrProvider;
  readonly notes: NoteCollector;
  readonly signal: AbortSignal;
  /** Time in milliseconds for all pictures of the file together. */
  readonly maxMs: number;
}

/** Recognises the text of the pictures in one file and everything in it, and notes the results. */
export class OcrReading {
  readonly #options: OcrReadingOptions;
  #msLeft: number;

  constructor(options: OcrReadingOptions) {
    this.#options = options;
    this.#msLeft = options.maxMs;
  }

  /**
   * The text of a picture.
   *
   * @param what the picture is called in notes
   * @returns undefined if it couldn't be read; that is noted
   */
  async recognize(picture: Uint8Array, what: string): Promise<readonly OcrParagraph[] | undefined> {
    const { provider, notes, signal, maxMs } = this.#options;
    if (this.#msLeft <= 0) {
      notes.add('PICTURES_NOT_READ', `${what}: all pictures before it took ${maxMs} ms (limit maxOcrMs)`);
      return undefined;
    }
    const started = performance.now();
    try {
      const paragraphs = await provider.recognize(picture, signal);
      const first = paragraphs[0];
      if (first !== undefined)
        notes.add('TEXT_RECOGNIZED', `${what}: read by OCR, with ${first.confidence} % confidence`);
      return paragraphs;
    } catch (error) {
      if (!(error instanceof OcrError)) throw error;
      notes.add('PICTURES_NOT_READ', `${what}: ${error.message}`);
      return undefined;
    } finally {
      this.#msLeft -= performance.now() - started;
    }
  }
}

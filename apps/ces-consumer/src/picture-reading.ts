import { OcrError, TesseractOcr } from '@hartonomous/atomizers';
import type { ShownWarning } from '@hartonomous/broker-client';
import type { Logger } from '@hartonomous/worker-host';
import type { Settings } from './options.ts';

/** The program that recognises text in pictures, where the settings name languages for it. */
export class PictureReading {
  readonly #ocr: TesseractOcr | undefined;
  readonly #logger: Logger;
  readonly #warning: ShownWarning;

  constructor({ OcrLanguages, OcrProgram }: Settings['Ingestion'], logger: Logger, warning: ShownWarning) {
    this.#ocr =
      OcrLanguages.length === 0 ? undefined : new TesseractOcr({ executable: OcrProgram, languages: OcrLanguages });
    this.#logger = logger;
    this.#warning = warning;
  }

  /** For the registry of atomizers. */
  get options(): { readonly ocr?: TesseractOcr } {
    return this.#ocr === undefined ? {} : { ocr: this.#ocr };
  }

  /** Logs which program it is, or warns that there is none: files are then read without their pictures, which is noted. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#ocr === undefined) return;
    try {
      const ocrProgram = await this.#ocr.describe(signal);
      this.#warning.clear();
      this.#logger.info({ ocrProgram }, `Text in pictures and scanned PDFs is recognised by ${ocrProgram}`);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof OcrError)) throw error;
      this.#warning.raise(
        `Text in pictures isn't read: ${error.message}. Install Tesseract with the languages of Ingestion:OcrLanguages, or leave that setting out.`,
      );
    }
  }
}

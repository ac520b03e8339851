/** A paragraph that was recognised in a picture. */
export interface OcrParagraph {
  /** Its lines, with line feeds between them. */
  readonly text: string;
  /** How sure the provider is of its words, from 0 to 100. */
  readonly confidence: number;
  /** Of a file with several pictures, such as TIFF, which of them it's in, from 1. */
  readonly picture: number;
}

/** Recognises text in pictures. */
export interface OcrProvider {
  /** What it is, with its version and languages: `Tesseract 5.3.0, eng+deu`. */
  describe(signal: AbortSignal): Promise<string>;
  /**
   * The text of a picture: PNG, JPEG, TIFF, GIF, WebP, BMP or PNM.
   *
   * @returns no paragraph where there is no text
   * @throws OcrError where this picture can't be read; the signal's reason when it aborts
   */
  recognize(picture: Uint8Array, signal: AbortSignal): Promise<readonly OcrParagraph[]>;
}

/** Thrown by an {@link OcrProvider} for a picture that it can't read, and where it isn't installed. A file is read without it then. */
export class OcrError extends Error {
  readonly code = 'OCR_FAILED';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }

  constructor(detail: string, cause?: unknown) {
    super(detail, { cause });
  }
}

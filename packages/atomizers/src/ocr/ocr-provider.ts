/** A paragraph that was recognised in a picture. */
export interface OcrParagraph {
  /** Its lines, with line feeds between them. */
  readonly text: string;
  /** The provider's confidence, from 0 to 100. */
  readonly confidence: number;
  /** In a file with several pictures, such as TIFF: the number of the picture, from 1. */
  readonly picture: number;
}

/** Recognises text in pictures. */
export interface OcrProvider {
  /** The program's name, version and languages: `Tesseract 5.3.0, eng+deu`. */
  describe(signal: AbortSignal): Promise<string>;
  /**
   * The text of a picture: PNG, JPEG, TIFF, GIF, WebP, BMP or PNM.
   *
   * @returns an empty list if there is no text
   * @throws OcrError where this picture can't be read; the signal's reason when it aborts
   */
  recognize(picture: Uint8Array, signal: AbortSignal): Promise<readonly OcrParagraph[]>;
}

/** Thrown by an {@link OcrProvider} for a picture that it can't read, and when it isn't installed. The file is then read without it. */
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

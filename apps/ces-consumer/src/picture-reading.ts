import { OcrError, TesseractOcr } from '@hartonomous/atomizers';
import type { QueueWorkerContext } from '@hartonomous/queue-worker';
import type { Settings } from './options.ts';

/** What recognises text in pictures; undefined where the settings name no language. */
export function pictureReader({ OcrLanguages, OcrProgram }: Settings['Ingestion']): TesseractOcr | undefined {
  return OcrLanguages.length === 0 ? undefined : new TesseractOcr({ executable: OcrProgram, languages: OcrLanguages });
}

/** What {@link showPictureReader} needs. */
export interface ShowPictureReaderOptions extends Pick<QueueWorkerContext<Settings>, 'logger'> {
  readonly warning: ReturnType<QueueWorkerContext<Settings>['addWarning']>;
  readonly signal: AbortSignal;
}

/** Logs which program recognises text in pictures, or warns that it can't: files are then read without their pictures, which is noted. */
export async function showPictureReader(
  ocr: TesseractOcr,
  { logger, warning, signal }: ShowPictureReaderOptions,
): Promise<void> {
  try {
    const ocrProgram = await ocr.describe(signal);
    warning.clear();
    logger.info({ ocrProgram }, `Text in pictures and scanned PDFs is recognised by ${ocrProgram}`);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof OcrError)) throw error;
    warning.raise(
      `Text in pictures isn't read: ${error.message}. Install Tesseract with the languages of Ingestion:OcrLanguages, or leave that setting out.`,
    );
  }
}

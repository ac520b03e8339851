import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { chunkAtomizer } from '../chunks/chunk-atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileTooLargeError } from '../errors.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { readWholeFile } from '../threads/whole-file.ts';
import type { OcrParagraph } from './ocr-provider.ts';
import { isPicture } from './picture-format.ts';

/**
 * Pictures, where there is an OCR provider: the paragraphs that it recognises, and their sentences. One without text, or that the provider
 * can't read, is kept as bytes.
 */
export const pictureAtomizer: Atomizer = {
  name: 'picture',
  // The file's name gives the kind of picture, as without a provider.
  mediaType: 'application/octet-stream',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) => (isPicture(head) ? 0.9 : 0),
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const paragraphs = await recognized(source, context);
    if (paragraphs.length === 0) {
      yield* chunkAtomizer.atomize(source, context);
      return;
    }
    const drafts = new DraftSequence();
    for (const { text, confidence, picture } of paragraphs) {
      yield* textDrafts(drafts, paragraphNode(`${text}\n`, null, { picture, confidence, recognized: true }));
    }
  },
};

async function recognized(
  source: AtomizerSource,
  { ocr, limits, signal, notes }: AtomizerContext,
): Promise<readonly OcrParagraph[]> {
  if (ocr === undefined) return [];
  try {
    const bytes = await readWholeFile(source, 'picture', limits.maxWholeFileBytes, signal);
    return (await ocr.recognize(bytes, source.name)) ?? [];
  } catch (error) {
    if (!(error instanceof FileTooLargeError)) throw error;
    notes.add('PICTURES_NOT_READ', `${source.name}: ${error.message}`);
    return [];
  }
}

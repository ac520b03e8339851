import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';
import { CharacterMaps } from './character-maps.ts';
import { grayMap, type PdfImage } from './gray-map.ts';
import type { PdfDocument, PdfPage } from './pdf-document.ts';
import type { PdfPictureAnswer } from './pdf-messages.ts';

/** Maximum pixels of one picture: an A3 page at 600 dpi. */
const maxPixels = 70_000_000;
/** Pixels below which a picture counts as an ornament. */
const minSide = 24;

/**
 * The pictures on those pages of a PDF that have no text, in the order in which they are drawn, and after each page that it's done. Has no
 * limits: run it in a thread that can be terminated.
 */
export async function* pdfPictures(bytes: Uint8Array): AsyncGenerator<PdfPictureAnswer> {
  let document: PdfDocument | undefined;
  try {
    document = await getDocumentProxy(bytes, {
      verbosity: 0,
      stopAtErrors: false,
      disableFontFace: true,
      useSystemFonts: false,
      maxImageSize: maxPixels,
      isOffscreenCanvasSupported: false,
      isImageDecoderSupported: false,
      BinaryDataFactory: CharacterMaps,
      cMapPacked: true,
      useWorkerFetch: false,
    });
    for (let number = 1; number <= document.numPages; number++) {
      const problem = yield* picturesOf(document, number);
      yield { kind: 'page-end', page: number, ...(problem !== undefined && { problem }) };
    }
  } catch (error) {
    yield { kind: 'broken', detail: detailOf(error) };
    return;
  } finally {
    await document?.loadingTask.destroy().catch(() => undefined);
  }
  yield { kind: 'end' };
}

/** The pictures on a page that has no text. @returns why there are no more of them, where the page is damaged: others may be whole */
async function* picturesOf(
  document: PdfDocument,
  number: number,
): AsyncGenerator<PdfPictureAnswer, string | undefined> {
  try {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const hasText = items.some((item) => 'str' in item && item.str.trim() !== '');
    if (!hasText) {
      for await (const image of imagesOn(page)) yield { kind: 'picture', page: number, bytes: grayMap(image) };
    }
    page.cleanup();
    return undefined;
  } catch (error) {
    return detailOf(error);
  }
}

async function* imagesOn(page: PdfPage): AsyncGenerator<PdfImage> {
  const { OPS } = await getResolvedPDFJS();
  const { fnArray, argsArray } = await page.getOperatorList();
  const seen = new Set<string>();
  for (const [index, operation] of fnArray.entries()) {
    const [argument] = (argsArray[index] ?? []) as readonly unknown[];
    if (operation === OPS.paintInlineImageXObject && isImage(argument)) yield argument;
    if (operation !== OPS.paintImageXObject && operation !== OPS.paintImageMaskXObject) continue;
    const name = typeof argument === 'string' ? argument : nameOf(argument);
    if (name === undefined || seen.has(name)) continue;
    seen.add(name);
    const objects = name.startsWith('g_') ? page.commonObjs : page.objs;
    const image: unknown = await new Promise((resolve) => objects.get(name, resolve));
    if (isImage(image)) yield image;
  }
}

/** For a mask, the name of its bits; small masks have them inline. */
function nameOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('data' in argument)) return undefined;
  return typeof argument.data === 'string' ? argument.data : undefined;
}

function isImage(value: unknown): value is PdfImage {
  if (typeof value !== 'object' || value === null) return false;
  const { width, height, data } = value as Partial<Record<keyof PdfImage, unknown>>;
  if (typeof width !== 'number' || typeof height !== 'number' || width < minSide || height < minSide) return false;
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray;
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

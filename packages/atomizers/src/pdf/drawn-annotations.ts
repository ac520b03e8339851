import type { getDocumentProxy } from 'unpdf';
import { getResolvedPDFJS } from 'unpdf';

type PdfPage = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>['getPage']>>;

/** A character as pdf.js draws it, as far as it is used here. */
interface Glyph {
  readonly unicode: string;
}

/** Kerning, in thousandths of the font size, that counts as a blank from here on. */
const blankKerning = -250;

/** The texts that a page's annotations draw, by their ids: of stamps and signatures nothing else has them. */
export async function drawnAnnotations(page: PdfPage): Promise<ReadonlyMap<string, string>> {
  const { OPS } = await getResolvedPDFJS();
  const { fnArray, argsArray } = await page.getOperatorList();
  const texts = new Map<string, string>();
  let id: string | undefined;
  for (const [index, operator] of fnArray.entries()) {
    const args: readonly unknown[] = argsArray[index] ?? [];
    if (operator === OPS.beginAnnotation) id = String(args[0]);
    else if (operator === OPS.endAnnotation) id = undefined;
    if (id === undefined) continue;
    const before = texts.get(id) ?? '';
    if (operator === OPS.showText) texts.set(id, before + shownText(args[0]));
    // Any move to another position begins a new line or word.
    else if (operator === OPS.moveText || operator === OPS.setTextMatrix || operator === OPS.nextLine) {
      if (before !== '' && !before.endsWith('\n')) texts.set(id, `${before}\n`);
    }
  }
  return texts;
}

function shownText(glyphs: unknown): string {
  if (!Array.isArray(glyphs)) return '';
  return glyphs
    .map((glyph: unknown) => {
      if (typeof glyph === 'number') return glyph < blankKerning ? ' ' : '';
      return isGlyph(glyph) ? glyph.unicode : '';
    })
    .join('');
}

function isGlyph(value: unknown): value is Glyph {
  return typeof value === 'object' && value !== null && 'unicode' in value && typeof value.unicode === 'string';
}

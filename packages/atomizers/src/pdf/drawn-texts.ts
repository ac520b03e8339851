import { getResolvedPDFJS } from 'unpdf';
import type { PdfOperators, PdfPage } from './pdf-document.ts';

/** A character as pdf.js draws it. */
export interface Glyph {
  readonly unicode: string;
  readonly originalCharCode: number;
  /** Of a Type 3 font the name of what draws it. */
  readonly operatorListId?: unknown;
}

/** Kerning, in thousandths of the font size, that counts as a blank from here on. */
const blankKerning = -250;
/** Patterns within patterns. */
const maxPatternDepth = 4;

/** The texts that a page's annotations draw, by their ids: of stamps and signatures nothing else has them. */
export async function annotationTexts(page: PdfPage): Promise<ReadonlyMap<string, string>> {
  const { OPS } = await getResolvedPDFJS();
  const texts = new Map<string, string>();
  let id: string | undefined;
  for (const { operator, args } of operatorsOf(await page.getOperatorList())) {
    if (operator === OPS.beginAnnotation) id = String(args[0]);
    else if (operator === OPS.endAnnotation) id = undefined;
    if (id !== undefined) texts.set(id, textBehind(texts.get(id) ?? '', operator, args, OPS));
  }
  return texts;
}

/** The texts in the patterns that a page is painted with (PDF 32000, 8.7.3), each once. */
export async function patternTexts(page: PdfPage): Promise<readonly string[]> {
  const { OPS } = await getResolvedPDFJS();
  const texts = new Set<string>();
  const addFrom = (operators: PdfOperators, depth: number): void => {
    for (const { operator, args } of operatorsOf(operators)) {
      if (operator !== OPS.setFillColorN && operator !== OPS.setStrokeColorN) continue;
      const [kind, , pattern] = args;
      if (kind !== 'TilingPattern' || !isOperators(pattern) || depth >= maxPatternDepth) continue;
      let text = '';
      for (const each of operatorsOf(pattern)) text = textBehind(text, each.operator, each.args, OPS);
      if (text.trim() !== '') texts.add(text.trim());
      addFrom(pattern, depth + 1);
    }
  };
  addFrom(await page.getOperatorList(), 0);
  return [...texts];
}

/** The operators of a list with their arguments. */
export function* operatorsOf({
  fnArray,
  argsArray,
}: PdfOperators): Generator<{ readonly operator: number; readonly args: readonly unknown[] }> {
  for (const [index, operator] of fnArray.entries()) yield { operator, args: argsArray[index] ?? [] };
}

/** The characters that an operator shows, with numbers for what is between them. */
export function glyphsOf(args: readonly unknown[]): readonly (Glyph | number)[] {
  const [shown] = args;
  if (!Array.isArray(shown)) return [];
  return shown.filter((each: unknown): each is Glyph | number => typeof each === 'number' || isGlyph(each));
}

/** A text with what an operator adds to it. */
function textBehind(
  text: string,
  operator: number,
  args: readonly unknown[],
  { showText, ...moves }: Operations,
): string {
  if (operator === showText) return text + glyphsOf(args).map(shownAs).join('');
  // Any move to another position begins a new line or word.
  const isMove = operator === moves.moveText || operator === moves.setTextMatrix || operator === moves.nextLine;
  return isMove && text !== '' && !text.endsWith('\n') ? `${text}\n` : text;
}

type Operations = Awaited<ReturnType<typeof getResolvedPDFJS>>['OPS'];

function shownAs(glyph: Glyph | number): string {
  if (typeof glyph !== 'number') return glyph.unicode;
  return glyph < blankKerning ? ' ' : '';
}

function isGlyph(value: unknown): value is Glyph {
  return typeof value === 'object' && value !== null && 'unicode' in value && typeof value.unicode === 'string';
}

function isOperators(value: unknown): value is PdfOperators {
  return typeof value === 'object' && value !== null && 'fnArray' in value && Array.isArray(value.fnArray);
}

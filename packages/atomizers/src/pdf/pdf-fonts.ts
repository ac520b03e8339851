import { getResolvedPDFJS } from 'unpdf';
import { isSymbolFont, symbolText } from '../docx/symbol-fonts.ts';
import { dingbats } from './dingbats.ts';
import { type Glyph, glyphsOf, operatorsOf } from './drawn-texts.ts';
import type { PdfOperators, PdfPage } from './pdf-document.ts';

/** What a file has that has a font of Type 3, or objects that are compressed, of which one may be such a font. */
const type3Marks = ['/Type3', '/ObjStm'];

/** A font of a PDF. */
export interface PdfFont {
  /** Without the mark of a part of it and its style; empty where it isn't known. */
  readonly name: string;
  /** Whether the file doesn't have it. */
  readonly isMissing: boolean;
  /** Whether nothing says what its characters are, so that their codes are taken for letters. */
  readonly isGuess: boolean;
}

/** What pdf.js says of a font beside the texts of a page. */
interface TextStyle {
  /** NaN of fonts of Type 3, and of those that every reader has. */
  readonly ascent?: unknown;
  /** Of a font that isn't in the file what a browser is to show, its own name first: `"Wingdings",g_d0_s1`. */
  readonly fontSubstitution?: unknown;
}

/** The fonts of a PDF. What else has to be known of them only drawing tells, which takes as long again as reading the text. */
export class PdfFonts {
  readonly #known = new Map<string, PdfFont>();
  readonly #mayHaveType3: boolean;

  /** @param bytes of the whole file */
  constructor(bytes: Uint8Array) {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#mayHaveType3 = type3Marks.some((mark) => file.includes(mark));
  }

  /**
   * What is known of the fonts of a page, by their names on pages.
   *
   * @param hasPrivate whether a character is in Unicode's private area, where the font's name says what it means
   */
  async ofPage(
    page: PdfPage,
    styles: Readonly<Record<string, TextStyle>>,
    hasPrivate: boolean,
  ): Promise<ReadonlyMap<string, PdfFont>> {
    const unknown = Object.entries(styles).filter(([id]) => !this.#known.has(id));
    for (const [id, { fontSubstitution }] of unknown) {
      const [, name] = /^"([^"]+)"/.exec(String(fontSubstitution)) ?? [];
      this.#known.set(id, { name: plainName(name ?? ''), isMissing: name !== undefined, isGuess: false });
    }
    const mayBeType3 = this.#mayHaveType3 && unknown.some(([, { ascent }]) => !Number.isFinite(ascent));
    const isNameless = hasPrivate && Object.keys(styles).some((id) => this.#known.get(id)?.name === '');
    if (mayBeType3 || isNameless) await this.#lookAtDrawing(page, Object.keys(styles));
    return this.#known;
  }

  async #lookAtDrawing(page: PdfPage, ids: readonly string[]): Promise<void> {
    const guessed = await guessedFonts(await page.getOperatorList());
    for (const id of ids) {
      const font = this.#known.get(id);
      if (font === undefined) continue;
      const drawn = page.commonObjs.has(id) ? String(page.commonObjs.get(id)?.name ?? '') : '';
      this.#known.set(id, { ...font, name: font.name || plainName(drawn), isGuess: font.isGuess || guessed.has(id) });
    }
  }
}

/** A text as it is seen in its font; signs whose meaning isn't known are in Unicode's private area. */
export function textInFont(text: string, { name, isMissing }: PdfFont): string {
  if (/[\ue000-\uf8ff]/.test(text)) return symbolText(name, text);
  if (!isMissing) return text;
  if (name.includes('Dingbats')) return dingbats(text);
  // pdf.js takes codes of the font for characters of Windows; those of Symbol it knows.
  return name !== 'Symbol' && isSymbolFont(name) ? symbolText(name, windowsCodes(text)) : text;
}

function plainName(name: string): string {
  return name
    .replace(/^[A-Z]{6}\+/, '')
    .replace(/(?:,.*|-Regular|MT)$/, '')
    .replace(/^(Wingdings)([23])$/i, '$1 $2');
}

/** Fonts of Type 3 that show letters which nothing calls so. */
async function guessedFonts(operators: PdfOperators): Promise<ReadonlySet<string>> {
  const { OPS } = await getResolvedPDFJS();
  const saves = new Set<number>([OPS.save, OPS.paintFormXObjectBegin]);
  const restores = new Set<number>([OPS.restore, OPS.paintFormXObjectEnd]);
  const guessed = new Set<string>();
  const saved: string[] = [];
  let font = '';
  for (const { operator, args } of operatorsOf(operators)) {
    if (operator === OPS.setFont) font = String(args[0]);
    else if (saves.has(operator)) saved.push(font);
    else if (restores.has(operator)) font = saved.pop() ?? '';
    else if (operator === OPS.showText && !guessed.has(font) && glyphsOf(args).some(isGuessedLetter)) guessed.add(font);
  }
  return guessed;
}

/** Whether a letter is one only because its code is that of a letter. TeX names what draws it after the code, which is right in its fonts. */
function isGuessedLetter(glyph: Glyph | number): boolean {
  if (typeof glyph === 'number' || typeof glyph.operatorListId !== 'string') return false;
  const { unicode, originalCharCode, operatorListId: name } = glyph;
  if (!/^[A-Za-z]$/.test(unicode) || unicode.charCodeAt(0) !== originalCharCode) return false;
  const hex = originalCharCode.toString(16).padStart(4, '0');
  const [base = ''] = name.split('.');
  return base !== unicode && base !== `a${originalCharCode}` && !new RegExp(`^u(?:ni)?${hex}$`, 'i').test(base);
}

/** The codes of characters in windows-1252, as characters. */
function windowsCodes(text: string): string {
  return Array.from(text, (character) => codesBeyondLatin.get(character) ?? character).join('');
}

const codesBeyondLatin: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 32 }, (_, index): [string, string] => {
    const code = 0x80 + index;
    return [new TextDecoder('windows-1252').decode(Uint8Array.of(code)), String.fromCharCode(code)];
  }),
);

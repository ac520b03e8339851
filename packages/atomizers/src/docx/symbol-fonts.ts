/** Adobe's Symbol encoding from 0x21 and from 0xA0 on, which Word's `w:sym` and text in the font Symbol use. */
const symbolLow = '!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼';
const symbolHigh = '€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭';

/** The signs of Wingdings that people put into texts: boxes, ticks, arrows, bullets, hands, faces. */
const wingdings: Readonly<Record<number, string>> = {
  33: '✏',
  34: '✂',
  40: '☎',
  42: '✉',
  54: '⌛',
  63: '✍',
  65: '✌',
  67: '👍',
  68: '👎',
  69: '☜',
  70: '☞',
  71: '☝',
  72: '☟',
  74: '☺',
  76: '☹',
  108: '●',
  109: '❍',
  110: '■',
  111: '□',
  113: '❑',
  114: '❒',
  117: '◆',
  118: '❖',
  119: '⬥',
  159: '•',
  161: '○',
  167: '▪',
  168: '☐',
  171: '★',
  216: '➢',
  223: '←',
  224: '→',
  225: '↑',
  226: '↓',
  232: '➔',
  239: '⇦',
  240: '⇨',
  251: '✗',
  252: '✔',
  253: '☒',
  254: '☑',
};

/** The ticks, crosses and boxes of other fonts. */
const otherFonts: ReadonlyMap<string, Readonly<Record<number, string>>> = new Map<
  string,
  Readonly<Record<number, string>>
>([
  ['wingdings 2', { 79: '✗', 80: '✓', 81: '☒', 82: '☑', 83: '☒', 84: '☒', 163: '☐' }],
  ['wingdings 3', {}],
  ['webdings', { 97: '✔', 114: '✖' }],
]);

/** Whether a font's characters are signs of its own. */
export function isSymbolFont(font: string): boolean {
  return /^(?:symbol|wingdings(?: [23])?|webdings)$/i.test(font);
}

/**
 * The sign that a character of a symbol font shows.
 *
 * @param code as it is, or in Unicode's private area from U+F000 on, where Word puts them
 * @returns undefined where it isn't known
 */
export function symbolOf(font: string, code: number): string | undefined {
  const place = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code;
  if (place === 0x20) return ' ';
  if (/^wingdings$/i.test(font)) return wingdings[place];
  const other = otherFonts.get(font.toLowerCase());
  if (other !== undefined) return other[place];
  if (!/^symbol$/i.test(font)) return code >= 0xe000 && code <= 0xf8ff ? undefined : String.fromCodePoint(code);
  return place >= 0xa0 ? symbolHigh[place - 0xa0] : symbolLow[place - 0x21];
}

/** A text that is set in a symbol font, as it is seen; what isn't known is in Unicode's private area. */
export function symbolText(font: string, text: string): string {
  let shown = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    shown += symbolOf(font, code) ?? (code > 0x20 && code <= 0xff ? String.fromCharCode(0xf000 + code) : character);
  }
  return shown;
}

/** How many characters of a text are signs of a symbol font that isn't known: Office puts them into Unicode's private area. */
export function privateSigns(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xf020 && code <= 0xf0ff) count += 1;
  }
  return count;
}

/** What a field `SYMBOL 97 \\f "Symbol"` shows; undefined where it isn't one. */
export function symbolOfField(instruction: string): string | undefined {
  const match = /^\s*SYMBOL\s+(0x[\da-f]{1,6}|\d{1,6})\b(.*)$/is.exec(instruction);
  if (match === null) return undefined;
  const code = Number(match[1]);
  const font = /\\f\s*"?([^"\\]*)/i.exec(match[2] ?? '')?.[1]?.trim() ?? '';
  if (code === 0 || code > 0x10ffff) return undefined;
  return isSymbolFont(font) && code <= 0xff ? symbolText(font, String.fromCharCode(code)) : String.fromCodePoint(code);
}

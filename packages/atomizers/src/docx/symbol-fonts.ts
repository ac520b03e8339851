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

/** Whether a font's characters are signs of its own. */
export function isSymbolFont(font: string): boolean {
  return /^(?:symbol|wingdings)$/i.test(font);
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
  if (!/^symbol$/i.test(font)) return code >= 0xe000 && code <= 0xf8ff ? undefined : String.fromCodePoint(code);
  return place >= 0xa0 ? symbolHigh[place - 0xa0] : symbolLow[place - 0x21];
}

/** A text that is set in a symbol font, as it is seen; what isn't known stays. */
export function symbolText(font: string, text: string): string {
  let shown = '';
  for (const character of text) shown += symbolOf(font, character.codePointAt(0) ?? 0) ?? character;
  return shown;
}

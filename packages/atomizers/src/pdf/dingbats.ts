/** What isn't in its place in Unicode's block of dingbats, by its code in ZapfDingbats. */
const elsewhere: Readonly<Record<number, number>> = {
  37: 0x260e,
  42: 0x261b,
  43: 0x261e,
  72: 0x2605,
  108: 0x25cf,
  110: 0x25a0,
  115: 0x25b2,
  116: 0x25bc,
  117: 0x25c6,
  119: 0x25d7,
  168: 0x2663,
  169: 0x2666,
  170: 0x2665,
  171: 0x2660,
  213: 0x2192,
  214: 0x2194,
  215: 0x2195,
};
/** Numbers in circles. */
const firstNumber = 172;
const lastNumber = 181;

/** The characters of a text in the font ZapfDingbats, whose codes Unicode's block of dingbats follows (PDF 32000, annex D.6). */
export function dingbats(text: string): string {
  return text.replaceAll(/[!-~\u00a1-\u00ef\u00f1-\u00fe]/g, (character) => {
    const code = character.charCodeAt(0);
    if (code >= firstNumber && code <= lastNumber) return String.fromCodePoint(0x2460 + code - firstNumber);
    return String.fromCodePoint(elsewhere[code] ?? 0x2700 + code - (code < 0x80 ? 0x20 : 0x40));
  });
}

/** Characters that XML can't hold, as Office writes them (ECMA-376, part 1, 22.9.2.19): `_x000D_`; `_x005F_` is an underscore. */
const escaped = /_x([\da-f]{4})_/gi;

/** A text with the characters that its escapes stand for. Line ends are line feeds; other control characters are left out. */
export function withoutStringEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text
    .replaceAll(escaped, (_, digits: string) => {
      const character = String.fromCharCode(Number.parseInt(digits, 16));
      if (character >= ' ' || character === '\t' || character === '\n' || character === '\r') return character;
      return character === '\v' ? '\n' : '';
    })
    .replaceAll(/\r\n?/g, '\n');
}

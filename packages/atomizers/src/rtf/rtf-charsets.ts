import iconv from 'iconv-lite';

/** Code pages of fonts by their `\fcharset` (RTF 1.9.1, "Font Table"). */
const charsets: Readonly<Record<number, number>> = {
  77: 10_000,
  128: 932,
  129: 949,
  130: 1361,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
};
const otherNames: Readonly<Record<number, string>> = {
  10000: 'macintosh',
  10001: 'shift_jis',
  10007: 'x-mac-cyrillic',
  65001: 'utf-8',
};

/** The code page of a font's charset; undefined: the document's own. */
export function codePageOf(charset: number): number | undefined {
  return charsets[charset];
}

/** Decodes bytes of a code page that come in pieces; of one that nobody knows as windows-1252. */
export function codePageDecoder(codePage: number): iconv.DecoderStream {
  const name = otherNames[codePage] ?? `cp${codePage}`;
  return iconv.getDecoder(iconv.encodingExists(name) ? name : 'cp1252');
}

/** What the first part of a Windows collation's name says: language and code page. */
export interface CollationDesignator {
  /** Windows locale that the collation has on the wire. */
  readonly lcid: number;
  /** Code page of char and varchar; 0 for languages that have none, whose collations are for Unicode types only. */
  readonly codePage: number;
}

/** Versions in which a designator exists: 80 has no number in the name. */
type Entry = readonly [name: string, lcid: number, codePage: number, versions: string];

/**
 * Designators of Windows collations. Sources: Microsoft's "Windows Collation Name", its "Collation and Unicode support",
 * and the locales and code pages that go-mssqldb's suite asks of a SQL Server.
 */
const entries: readonly Entry[] = [
  ['Albanian', 0x041c, 1250, '80 100'],
  ['Arabic', 0x0401, 1256, '80 100'],
  ['Assamese', 0x044d, 0, '100'],
  ['Azeri_Cyrillic', 0x082c, 1251, '90 100'],
  ['Azeri_Latin', 0x042c, 1254, '90 100'],
  ['Bashkir', 0x046d, 1251, '100'],
  ['Bengali', 0x0445, 0, '100'],
  ['Bosnian_Cyrillic', 0x201a, 1251, '100'],
  ['Bosnian_Latin', 0x141a, 1250, '100'],
  ['Breton', 0x047e, 1252, '100'],
  ['Chinese_Hong_Kong_Stroke', 0x0c04, 950, '90'],
  ['Chinese_PRC', 0x0804, 936, '80 90'],
  ['Chinese_PRC_Stroke', 0x20804, 936, '80 90'],
  ['Chinese_Simplified_Pinyin', 0x0804, 936, '100'],
  ['Chinese_Simplified_Stroke_Order', 0x20804, 936, '100'],
  ['Chinese_Taiwan_Bopomofo', 0x30404, 950, '80 90'],
  ['Chinese_Taiwan_Stroke', 0x0404, 950, '80 90'],
  ['Chinese_Traditional_Bopomofo', 0x30404, 950, '100'],
  ['Chinese_Traditional_Pinyin', 0x1404, 950, '100'],
  ['Chinese_Traditional_Stroke_Count', 0x0404, 950, '100'],
  ['Chinese_Traditional_Stroke_Order', 0x21404, 950, '100'],
  ['Corsican', 0x0483, 1252, '100'],
  ['Croatian', 0x041a, 1250, '80 100'],
  ['Cyrillic_General', 0x0419, 1251, '80 100'],
  ['Czech', 0x0405, 1250, '80 100'],
  ['Danish_Greenlandic', 0x0406, 1252, '100'],
  ['Danish_Norwegian', 0x0406, 1252, '80'],
  ['Dari', 0x048c, 1256, '100'],
  ['Divehi', 0x0465, 0, '90 100'],
  ['Estonian', 0x0425, 1257, '80 100'],
  ['Finnish_Swedish', 0x040b, 1252, '80 100'],
  ['French', 0x040c, 1252, '80 100'],
  ['Frisian', 0x0462, 1252, '100'],
  ['Georgian_Modern_Sort', 0x10437, 1252, '80 100'],
  ['German_PhoneBook', 0x10407, 1252, '80 100'],
  ['Greek', 0x0408, 1253, '80 100'],
  ['Hebrew', 0x040d, 1255, '80 100'],
  ['Hungarian', 0x040e, 1250, '80 100'],
  ['Hungarian_Technical', 0x1040e, 1250, '80 100'],
  ['Icelandic', 0x040f, 1252, '80 100'],
  ['Indic_General', 0x0439, 0, '90 100'],
  ['Japanese', 0x0411, 932, '80 90'],
  ['Japanese_Bushu_Kakusu', 0x40411, 932, '100 140'],
  ['Japanese_Unicode', 0x10411, 932, '80'],
  ['Japanese_XJIS', 0x0411, 932, '100 140'],
  ['Kazakh', 0x043f, 1251, '90 100'],
  ['Khmer', 0x0453, 0, '100'],
  ['Korean', 0x0412, 949, '90 100'],
  ['Korean_Wansung', 0x0412, 949, '80'],
  ['Lao', 0x0454, 0, '100'],
  ['Latin1_General', 0x0409, 1252, '80 100'],
  ['Latvian', 0x0426, 1257, '80 100'],
  ['Lithuanian', 0x0427, 1257, '80 100'],
  ['Macedonian_FYROM', 0x042f, 1251, '90 100'],
  ['Maltese', 0x043a, 0, '100'],
  ['Maori', 0x0481, 0, '100'],
  ['Mapudungan', 0x047a, 1252, '100'],
  ['Modern_Spanish', 0x0c0a, 1252, '80 100'],
  ['Mohawk', 0x047c, 1252, '100'],
  ['Nepali', 0x0461, 0, '100'],
  ['Norwegian', 0x0414, 1252, '100'],
  ['Pashto', 0x0463, 0, '100'],
  ['Persian', 0x0429, 1256, '100'],
  ['Polish', 0x0415, 1250, '80 100'],
  ['Romanian', 0x0418, 1250, '80 100'],
  ['Romansh', 0x0417, 1252, '100'],
  ['Sami_Norway', 0x043b, 1252, '100'],
  ['Sami_Sweden_Finland', 0x083b, 1252, '100'],
  ['Serbian_Cyrillic', 0x0c1a, 1251, '100'],
  ['Serbian_Latin', 0x081a, 1250, '100'],
  ['Slovak', 0x041b, 1250, '80 100'],
  ['Slovenian', 0x0424, 1250, '80 100'],
  ['Syriac', 0x045a, 0, '90 100'],
  ['Tamazight', 0x085f, 1252, '100'],
  ['Tatar', 0x0444, 1251, '90 100'],
  ['Thai', 0x041e, 874, '80 100'],
  ['Tibetan', 0x0451, 0, '100'],
  ['Traditional_Spanish', 0x040a, 1252, '80 100'],
  ['Turkish', 0x041f, 1254, '80 100'],
  ['Turkmen', 0x0442, 1250, '100'],
  ['Uighur', 0x0480, 1256, '100'],
  ['Ukrainian', 0x0422, 1251, '80 100'],
  ['Upper_Sorbian', 0x042e, 1252, '100'],
  ['Urdu', 0x0420, 1256, '100'],
  ['Uzbek_Latin', 0x0443, 1254, '90 100'],
  ['Vietnamese', 0x042a, 1258, '80 100'],
  ['Welsh', 0x0452, 1252, '100'],
  ['Yakut', 0x0485, 1251, '100'],
];

/** By the part of a collation's name before its comparison styles, version included, in lower case. */
export const collationDesignators: ReadonlyMap<string, CollationDesignator> = new Map(
  entries.flatMap(([name, lcid, codePage, versions]) =>
    versions
      .split(' ')
      .map((version) => [(version === '80' ? name : `${name}_${version}`).toLowerCase(), { lcid, codePage }] as const),
  ),
);

/** Code pages by the lower 16 bits of the locale, which are its language. */
const codePages: ReadonlyMap<number, number> = new Map(
  entries.map(([, lcid, codePage]) => [lcid & 0xffff, codePage] as const),
);

/** The code page of a locale; undefined for one that no collation has. */
export function codePageOfLocale(lcid: number): number | undefined {
  return codePages.get(lcid & 0xffff);
}

/** A collation whose char and varchar are in the code page, without regard to case. */
export function collationOfCodePage(codePage: number): string | undefined {
  const found = entries.find(([, , number]) => number === codePage);
  if (found === undefined) return undefined;
  const [name, , , versions] = found;
  return versions.startsWith('80') ? `${name}_CI_AS` : `${name}_${versions.slice(0, 3).trim()}_CI_AS`;
}

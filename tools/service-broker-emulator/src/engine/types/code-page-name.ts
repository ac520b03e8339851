import { isUtf8Collation } from './code-page.ts';

/**
 * Languages whose collations keep char and varchar in another code page than 1252, by the beginning of the collation's
 * name. Source: Microsoft's list of collations of Windows languages and their code pages.
 */
const otherCodePages: readonly (readonly [string, readonly string[]])[] = [
  ['874', ['Thai']],
  ['932', ['Japanese']],
  ['936', ['Chinese_PRC', 'Chinese_Simplified']],
  ['949', ['Korean']],
  ['950', ['Chinese_Taiwan', 'Chinese_Hong_Kong', 'Chinese_Traditional']],
  ['1250', ['Albanian', 'Bosnian_Latin', 'Croatian', 'Czech', 'Hungarian', 'Polish', 'Romanian', 'Serbian_Latin']],
  ['1250', ['Slovak', 'Slovenian', 'Turkmen']],
  ['1251', ['Bashkir', 'Bosnian_Cyrillic', 'Cyrillic', 'Kazakh', 'Macedonian', 'Serbian_Cyrillic', 'Tatar']],
  ['1251', ['Ukrainian', 'Yakut']],
  ['1253', ['Greek']],
  ['1254', ['Azeri_Latin', 'Turkish', 'Uzbek_Latin']],
  ['1255', ['Hebrew']],
  ['1256', ['Arabic', 'Dari', 'Pashto', 'Persian', 'Uighur', 'Urdu']],
  ['1257', ['Estonian', 'Latvian', 'Lithuanian']],
  ['1258', ['Vietnamese']],
];

/** SQL collations name their code page; CP1 is 1252. */
const sqlCollation = /^SQL_.*_CP(\d+)_/i;

/** The code page of char and varchar under a collation, where it is another than 1252; UTF-8 has none. */
export function otherCodePage(collation: string | undefined): string | undefined {
  if (collation === undefined || isUtf8Collation(collation)) return undefined;
  const [, number] = sqlCollation.exec(collation) ?? [];
  if (number !== undefined) return number === '1' || number === '1252' ? undefined : number;
  const name = collation.toLowerCase();
  return otherCodePages.find(([, languages]) =>
    languages.some((language) => name.startsWith(`${language.toLowerCase()}_`)),
  )?.[0];
}

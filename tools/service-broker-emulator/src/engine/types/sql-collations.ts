/** Collations that have sort orders of earlier versions: sort order and code page by the name in lower case. */
export interface SqlCollation {
  readonly sortId: number;
  readonly codePage: number;
}

/** Beginnings of names and their code pages; of two sort orders the first is case-sensitive. */
const languages: readonly (readonly [prefix: string, codePage: number, caseSensitive: number, ignoring: number])[] = [
  ['SQL_Latin1_General_CP437', 437, 31, 32],
  ['SQL_Latin1_General_CP850', 850, 41, 42],
  ['SQL_Latin1_General_CP1', 1252, 51, 52],
  ['SQL_AltDiction_CP850', 850, 55, 61],
  ['SQL_Scandinavian_CP850', 850, 59, 60],
  ['SQL_Latin1_General_CP1250', 1250, 81, 82],
  ['SQL_Czech_CP1250', 1250, 83, 84],
  ['SQL_Hungarian_CP1250', 1250, 85, 86],
  ['SQL_Polish_CP1250', 1250, 87, 88],
  ['SQL_Romanian_CP1250', 1250, 89, 90],
  ['SQL_Croatian_CP1250', 1250, 91, 92],
  ['SQL_Slovak_CP1250', 1250, 93, 94],
  ['SQL_Slovenian_CP1250', 1250, 95, 96],
  ['SQL_Latin1_General_CP1251', 1251, 105, 106],
  ['SQL_Ukrainian_CP1251', 1251, 107, 108],
  ['SQL_Latin1_General_CP1253', 1253, 113, 114],
  ['SQL_Latin1_General_CP1254', 1254, 129, 130],
  ['SQL_Latin1_General_CP1255', 1255, 137, 138],
  ['SQL_Latin1_General_CP1256', 1256, 145, 146],
  ['SQL_Latin1_General_CP1257', 1257, 153, 154],
  ['SQL_Estonian_CP1257', 1257, 155, 156],
  ['SQL_Latvian_CP1257', 1257, 157, 158],
  ['SQL_Lithuanian_CP1257', 1257, 159, 160],
];

const others: readonly (readonly [name: string, codePage: number, sortId: number])[] = [
  ['SQL_Latin1_General_CP437_BIN', 437, 30],
  ['SQL_Latin1_General_Pref_CP437_CI_AS', 437, 33],
  ['SQL_Latin1_General_CP437_CI_AI', 437, 34],
  ['SQL_Latin1_General_CP850_BIN', 850, 40],
  ['SQL_Latin1_General_Pref_CP850_CI_AS', 850, 43],
  ['SQL_Latin1_General_CP850_CI_AI', 850, 44],
  ['SQL_1xCompat_CP850_CI_AS', 850, 49],
  ['SQL_Latin1_General_Pref_CP1_CI_AS', 1252, 53],
  ['SQL_Latin1_General_CP1_CI_AI', 1252, 54],
  ['SQL_AltDiction_Pref_CP850_CI_AS', 850, 56],
  ['SQL_AltDiction_CP850_CI_AI', 850, 57],
  ['SQL_Scandinavian_Pref_CP850_CI_AS', 850, 58],
  ['SQL_MixDiction_CP1253_CS_AS', 1253, 120],
  ['SQL_AltDiction_CP1253_CS_AS', 1253, 121],
  ['SQL_Latin1_General_CP1253_CI_AI', 1253, 124],
  ['SQL_Danish_Pref_CP1_CI_AS', 1252, 183],
  ['SQL_SwedishPhone_Pref_CP1_CI_AS', 1252, 184],
  ['SQL_SwedishStd_Pref_CP1_CI_AS', 1252, 185],
  ['SQL_Icelandic_Pref_CP1_CI_AS', 1252, 186],
  ['SQL_EBCDIC037_CP1_CS_AS', 1252, 210],
  ['SQL_EBCDIC273_CP1_CS_AS', 1252, 211],
  ['SQL_EBCDIC277_CP1_CS_AS', 1252, 212],
  ['SQL_EBCDIC278_CP1_CS_AS', 1252, 213],
  ['SQL_EBCDIC280_CP1_CS_AS', 1252, 214],
  ['SQL_EBCDIC284_CP1_CS_AS', 1252, 215],
  ['SQL_EBCDIC285_CP1_CS_AS', 1252, 216],
  ['SQL_EBCDIC297_CP1_CS_AS', 1252, 217],
];

/** Source: Microsoft's "SQL Server Collation Name", with its sort order IDs. */
export const sqlCollations: ReadonlyMap<string, SqlCollation> = new Map(
  [
    ...languages.flatMap(
      ([prefix, codePage, caseSensitive, ignoring]) =>
        [
          [`${prefix}_CS_AS`, codePage, caseSensitive],
          [`${prefix}_CI_AS`, codePage, ignoring],
        ] as const,
    ),
    ...others,
  ].map(([name, codePage, sortId]) => [name.toLowerCase(), { sortId, codePage }] as const),
);

const codePages: ReadonlyMap<number, number> = new Map(
  [...sqlCollations.values()].map(({ sortId, codePage }) => [sortId, codePage] as const),
);

/** The code page of a sort order; undefined for one that no collation has. */
export function codePageOfSortOrder(sortId: number): number | undefined {
  return codePages.get(sortId);
}

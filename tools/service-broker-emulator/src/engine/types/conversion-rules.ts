import type { SqlType, SqlTypeName } from './sql-type.ts';
import { nullType } from './type-info.ts';

/** How a value of one type becomes one of another: by itself, only by CAST or CONVERT, or not at all. */
export type ConversionKind = 'implicit' | 'explicit' | 'none';

/** Rows and columns of the conversion chart; types that convert alike share a name. */
type Group =
  | 'binary'
  | 'char'
  | 'nchar'
  | 'datetime'
  | 'date'
  | 'time'
  | 'datetime2'
  | 'exact'
  | 'float'
  | 'money'
  | 'rowversion'
  | 'uniqueidentifier'
  | 'image'
  | 'text'
  | 'ntext'
  | 'variant'
  | 'xml';

const groups: Record<SqlTypeName, Group> = {
  bit: 'exact',
  tinyint: 'exact',
  smallint: 'exact',
  int: 'exact',
  bigint: 'exact',
  decimal: 'exact',
  numeric: 'exact',
  money: 'money',
  smallmoney: 'money',
  real: 'float',
  float: 'float',
  char: 'char',
  varchar: 'char',
  text: 'text',
  nchar: 'nchar',
  nvarchar: 'nchar',
  ntext: 'ntext',
  binary: 'binary',
  varbinary: 'binary',
  image: 'image',
  rowversion: 'rowversion',
  uniqueidentifier: 'uniqueidentifier',
  date: 'date',
  time: 'time',
  smalldatetime: 'datetime',
  datetime: 'datetime',
  datetime2: 'datetime2',
  datetimeoffset: 'datetime2',
  xml: 'xml',
  sql_variant: 'variant',
};

const order: readonly Group[] = [
  'binary',
  'char',
  'nchar',
  'datetime',
  'date',
  'time',
  'datetime2',
  'exact',
  'float',
  'money',
  'rowversion',
  'uniqueidentifier',
  'image',
  'text',
  'ntext',
  'variant',
  'xml',
];

/**
 * The conversion chart of "CAST and CONVERT" in the T-SQL reference; one row per source group, one letter per target
 * group in {@link order}: i implicit, e explicit, - not allowed.
 */
const chart: Record<Group, string> = {
  //                bcndDt2xfmruITNvX
  binary: /*      */ 'iiiieeei-iiii--ii',
  char: /*        */ 'eiiiiiiiiieiiiiii',
  nchar: /*       */ 'eiiiiiiiii-i-iiii',
  datetime: /*    */ 'eiiiiiieeee----i-',
  date: /*        */ 'eiiii-i--------i-',
  time: /*        */ 'eiii-ii--------i-',
  datetime2: /*   */ 'eiiiiii--------i-',
  exact: /*       */ 'iiii---iiii----i-',
  float: /*       */ 'iiii---iii-----i-',
  money: /*       */ 'ieei---iiii----i-',
  rowversion: /*  */ 'ii-i---i-ii-i----',
  uniqueidentifier: 'iii--------i---i-',
  image: /*       */ 'i---------i-i----',
  text: /*        */ '-ie----------ii-i',
  ntext: /*       */ '-ei----------ii-i',
  variant: /*     */ 'eeeeeeeeee-e---i-',
  xml: /*         */ 'eee-------------i',
};

const kinds: Readonly<Record<string, ConversionKind>> = { i: 'implicit', e: 'explicit', '-': 'none' };

/** How a value of type `from` may become one of type `to`. */
export function conversionKind(from: SqlType, to: SqlType): ConversionKind {
  if (from === nullType || from.name === to.name) return 'implicit';
  return kinds[chart[groups[from.name]].charAt(order.indexOf(groups[to.name]))] ?? 'none';
}

/** A type as the catalog views describe it. */
export interface CatalogType {
  /** Name of the type. */
  readonly type: string;
  /** Bytes; -1: MAX. */
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
}

const synonyms: ReadonlyMap<string, string> = new Map([
  ['integer', 'int'],
  ['dec', 'decimal'],
  ['numeric', 'decimal'],
  ['double precision', 'float'],
  ['character', 'char'],
  ['rowversion', 'timestamp'],
]);
const sized = new Set(['char', 'varchar', 'binary', 'varbinary', 'nchar', 'nvarchar']);
const fractional = new Set(['time', 'datetime2', 'datetimeoffset']);

/** The one way to write a type, for example `nvarchar(64)` or `datetime2(7)`, from the catalog's numbers. */
export function catalogTypeText(catalog: CatalogType): string {
  const { maxLength, precision, scale } = catalog;
  const type = synonyms.get(catalog.type.toLowerCase()) ?? catalog.type.toLowerCase();
  if (sized.has(type)) {
    if (maxLength === -1) return `${type}(max)`;
    return `${type}(${type.startsWith('n') ? maxLength / 2 : maxLength})`;
  }
  if (fractional.has(type)) return `${type}(${scale})`;
  if (type === 'decimal') return `decimal(${precision},${scale})`;
  if (type === 'float') return precision <= 24 ? 'real' : 'float';
  return type;
}

/**
 * The same from a declaration, with SQL Server's defaults filled in.
 *
 * @param args what stands between the parentheses, if anything
 */
export function declaredTypeText(name: string, args: readonly string[]): string {
  const type = synonyms.get(name.toLowerCase()) ?? name.toLowerCase();
  const [first, second] = args.map((argument) => argument.toLowerCase());
  if (sized.has(type)) return `${type}(${first ?? '1'})`;
  if (fractional.has(type)) return `${type}(${first ?? '7'})`;
  if (type === 'decimal') return `decimal(${first ?? '18'},${second ?? '0'})`;
  if (type === 'float') return Number(first ?? '53') <= 24 ? 'real' : 'float';
  return type;
}

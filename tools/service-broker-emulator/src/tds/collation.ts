import { codePage } from '../engine/types/code-page.ts';
import { codePageOfLocale, collationOfCodePage } from '../engine/types/collation-designators.ts';
import { codePageOfSortOrder } from '../engine/types/sql-collations.ts';
import { SqlError } from '../errors.ts';
import { TdsProtocolError } from './errors.ts';

/** Flags are bits 20 to 27 of the little-endian number: the UTF-8 flag 0x40 is bit 26. */
const utf8Flag = 0x04;
const utf8Collation = 'Latin1_General_100_CI_AS_SC_UTF8';
const latin1 = 1252;

/** Number of the code page of (var)char and text values under the five bytes of a collation; 65001 for UTF-8. */
export function codePageOfCollation(bytes: Uint8Array): number {
  const [low, high, next, flags, sortId] = bytes;
  if (low === undefined || high === undefined || next === undefined || flags === undefined || sortId === undefined) {
    throw new TdsProtocolError('A collation of fewer than five bytes came.');
  }
  if ((flags & utf8Flag) !== 0) return 65001;
  const number = sortId === 0 ? codePageOfLocale(low | (high << 8)) : codePageOfSortOrder(sortId);
  // Code pages 437 and 850 of MS-DOS have no table of best fits; a locale of no collation comes from no known client.
  return number === undefined || number < 874 ? latin1 : number;
}

/** A collation of the code page that a client's data is in; none for the server's own code page. */
export function collationOfClient(number: number): string | undefined {
  if (number === latin1) return undefined;
  return number === 65001 ? utf8Collation : collationOfCodePage(number);
}

/**
 * The string that the bytes of a (var)char or text value stand for.
 *
 * @throws {TdsProtocolError} 8023 for bytes that aren't text of the code page
 */
export function decodeCharacters(bytes: Buffer, number: number, type: string): string {
  try {
    return codePage(number).decode(bytes);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new TdsProtocolError(
      `The supplied value is not a valid instance of data type ${type}. Check the source data for invalid values. ${error.message}`,
      8023,
    );
  }
}

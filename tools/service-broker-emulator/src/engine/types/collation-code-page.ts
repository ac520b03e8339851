import { unsupported } from '../../unsupported.ts';
import { type CodePage, codePage } from './code-page.ts';
import { collationDesignators } from './collation-designators.ts';
import { collationNotForVarchar } from './errors.ts';
import { sqlCollations } from './sql-collations.ts';

const known = new Map<string, CodePage>();
const latin1 = codePage(1252);

/** True for the collations whose char and varchar values are UTF-8. */
function isUtf8Collation(collation: string | undefined): boolean {
  return collation?.toUpperCase().endsWith('_UTF8') === true;
}

/** Comparison styles at the end of a collation's name. */
const styles = /_(?:BIN2?|(?:CI|CS)_(?:AI|AS)(?:_KS)?(?:_WS)?(?:_VSS)?(?:_SC)?)(?:_UTF8)?$/i;

/** The part of a collation's name before its comparison styles, in lower case. */
export function designatorOf(collation: string): string {
  return collation.replace(styles, '').toLowerCase();
}

/** Number of the code page of a collation: 0 for one that has none, 65001 for UTF-8, 1252 for the server's. */
export function codePageNumber(collation: string | undefined): number {
  if (collation === undefined) return 1252;
  if (isUtf8Collation(collation)) return 65001;
  return (
    sqlCollations.get(collation.toLowerCase())?.codePage ??
    collationDesignators.get(designatorOf(collation))?.codePage ??
    1252
  );
}

/**
 * The code page in which char and varchar are kept under a collation.
 *
 * @param collation absent for the server's
 * @throws {SqlError} 459 for a collation of Unicode types only, 40000 for code pages 437 and 850
 */
export function codePageOf(collation: string | undefined): CodePage {
  if (collation === undefined) return latin1;
  let page = known.get(collation);
  if (page === undefined) {
    const number = codePageNumber(collation);
    if (number === 0) throw collationNotForVarchar(collation);
    if (number < 874) unsupported(`char and varchar in code page ${number} of the collation ${collation}`);
    page = codePage(number);
    known.set(collation, page);
  }
  return page;
}

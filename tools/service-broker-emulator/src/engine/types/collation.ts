import { designatorOf } from './collation-code-page.ts';
import { collationDesignators } from './collation-designators.ts';
import { invalidCollation } from './errors.ts';
import { isAscii } from './is-ascii.ts';
import { sqlCollations } from './sql-collations.ts';

/** How strings of one collation compare. */
export interface Collation {
  readonly name: string;
  readonly caseSensitive: boolean;
  readonly accentSensitive: boolean;
  /** _BIN and _BIN2: by code unit. */
  readonly binary: boolean;
  /**
   * A form in which two strings are identical exactly when they compare as equal. Trailing spaces never count
   * (ANSI padding).
   */
  fold(text: string): string;
  /** Like {@link fold} but trailing spaces stay: for searching inside strings (LIKE, CHARINDEX, REPLACE). */
  foldAll(text: string): string;
  compare(a: string, b: string): number;
}

const collator = new Intl.Collator('en');
const upperFirstCollator = new Intl.Collator('en', { caseFirst: 'upper' });

function trimTrailingSpaces(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end--;
  return end === text.length ? text : text.slice(0, end);
}

function makeCollation(name: string): Collation {
  const upper = name.toUpperCase();
  const binary = /_BIN2?(_UTF8)?$/.test(upper);
  const caseSensitive = binary || /_CS(_|$)/.test(upper);
  const accentSensitive = binary || !/_AI(_|$)/.test(upper);
  if (binary) {
    return {
      name,
      caseSensitive,
      accentSensitive,
      binary,
      fold: trimTrailingSpaces,
      foldAll: (text) => text,
      compare: compareCodeUnits,
    };
  }
  const fold = (text: string): string => {
    let folded = text;
    if (!isAscii(folded)) {
      // Width does not count in these collations, and a composed character equals its decomposed form.
      folded = folded.normalize(accentSensitive ? 'NFKC' : 'NFKD');
      if (!accentSensitive) folded = folded.replace(/\p{M}/gu, '');
    }
    return caseSensitive ? folded : folded.toLowerCase();
  };
  const order = caseSensitive && upper.startsWith('SQL_') ? upperFirstCollator : collator;
  return {
    name,
    caseSensitive,
    accentSensitive,
    binary,
    fold: (text) => fold(trimTrailingSpaces(text)),
    foldAll: fold,
    compare: (a, b) => {
      if (a === b) return 0;
      const left = fold(trimTrailingSpaces(a));
      const right = fold(trimTrailingSpaces(b));
      if (left === right) return 0;
      // The collator calls some different strings equal (control characters); equality must stay that of the fold.
      return order.compare(left, right) || (left < right ? -1 : 1);
    },
  };
}

/** The shorter string counts as padded with spaces. */
function compareCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  const left = trimTrailingSpaces(a);
  const right = trimTrailingSpaces(b);
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference =
      (index < left.length ? left.charCodeAt(index) : 0x20) - (index < right.length ? right.charCodeAt(index) : 0x20);
    if (difference !== 0) return difference;
  }
  return 0;
}

const known = new Map<string, Collation>();
/** The collation of identifiers and of everything that does not name one. */
const defaultCollation: Collation = makeCollation('SQL_Latin1_General_CP1_CI_AS');

const namePattern = /^[A-Za-z0-9]+(_[A-Za-z0-9]+)*_(BIN2?|(CI|CS)_(AI|AS)(_KS)?(_WS)?(_VSS)?(_SC)?)(_UTF8)?$/;

/**
 * The collation of that name. Sorting follows the Unicode root order whatever the language of the name.
 *
 * @throws {SqlError} 448 for a name that isn't a collation
 */
export function collationOf(name: string | undefined): Collation {
  if (name === undefined) return defaultCollation;
  const key = name.toUpperCase();
  let collation = known.get(key);
  if (collation === undefined) {
    if (key === 'DATABASE_DEFAULT' || key === 'CATALOG_DEFAULT') return defaultCollation;
    const designator = designatorOf(name);
    if (!namePattern.test(key) || !(collationDesignators.has(designator) || sqlCollations.has(key.toLowerCase()))) {
      throw invalidCollation(name);
    }
    collation = makeCollation(name);
    known.set(key, collation);
  }
  return collation;
}

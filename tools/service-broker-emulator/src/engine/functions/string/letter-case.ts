import { codePageOf } from '../../types/collation-code-page.ts';
import { isAscii } from '../../types/is-ascii.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { isCharacterType, isUnicodeType } from '../../types/type-info.ts';

/**
 * UPPER and LOWER change character by character: one that would become several (ß), or that the code page of a char or
 * varchar lacks in the other case (µ), stays.
 */
function changeCase(text: string, type: SqlType | undefined, change: (text: string) => string): string {
  if (isAscii(text)) return change(text);
  const page =
    type === undefined || isUnicodeType(type) || !isCharacterType(type) ? undefined : codePageOf(type.collation);
  let changed = '';
  for (const character of text) {
    const other = change(character);
    const fits = other.length === character.length && (page === undefined || page.fit(other) === other);
    changed += fits ? other : character;
  }
  return changed;
}

export function upperText(text: string, type: SqlType | undefined): string {
  return changeCase(text, type, (part) => part.toUpperCase());
}

export function lowerText(text: string, type: SqlType | undefined): string {
  return changeCase(text, type, (part) => part.toLowerCase());
}

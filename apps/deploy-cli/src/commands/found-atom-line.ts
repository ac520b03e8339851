import type { FoundAtom } from '@hartonomous/graph-sync';
import { printable } from '../lineage/printable.ts';

/** Characters of a text that a line shows. */
const shownText = 100;

/** A line for an atom that a search has found. */
export function foundAtomLine({ id, score, atomType, text, isUnfinished }: FoundAtom): string {
  const shown = text === null ? '-' : printable(text.replaceAll(/\s+/gu, ' '), shownText);
  const type = `${printable(atomType ?? '-')}${isUnfinished === true ? ' (unfinished)' : ''}`;
  return `${score.toFixed(3)}  ${id}  ${type}  ${shown}`;
}

import type { AtomSummary, LineageEdge, LineagePath, LineageTree } from '@hartonomous/graph-sync';
import { printable } from './printable.ts';

/** Atoms and edges to be drawn, whatever the form. */
export interface Drawing {
  /** The atom that was asked about. */
  readonly rootId: bigint;
  readonly atoms: ReadonlyMap<bigint, AtomSummary>;
  readonly edges: readonly LineageEdge[];
}

/** @returns the drawing of a tree */
export function drawingOfTree({ root, ancestors, descendants, edges }: LineageTree): Drawing {
  const atoms = new Map([root, ...ancestors, ...descendants].map((atom) => [atom.id, atom]));
  return { rootId: root.id, atoms, edges };
}

/** @returns the drawing of a path that was found */
export function drawingOfPath({ atoms, edges }: LineagePath): Drawing {
  return { rootId: atoms[0]?.id ?? 0n, atoms: new Map(atoms.map((atom) => [atom.id, atom])), edges };
}

/** An atom in a few words; its texts come from data and are made printable. */
export function describeAtom({ id, atomType, preview, contentType, isPlaceholder, isUnfinished }: AtomSummary): string {
  if (isPlaceholder) return `${id} (not synced yet, or deleted)`;
  const kind = printable(atomType ?? contentType ?? 'atom', 32);
  const what = isUnfinished === true ? `${kind} (unfinished)` : kind;
  return preview === null || preview === '' ? `${id} ${what}` : `${id} ${what} "${printable(preview, 48)}"`;
}

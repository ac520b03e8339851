import { createHash, hash } from 'node:crypto';
import type { AtomDraft } from '@hartonomous/atomizers';
import { DraftContractError } from './errors.ts';

/** Content so short that the atom's row holds it itself, in bytes (dbo.Atom.AtomicValue). */
export const atomicValueBytes = 64;

/** An atom of a slice; no other has its type and hash. */
export interface SliceAtom {
  readonly atomType: string;
  readonly contentType: string;
  readonly contentHash: Buffer;
  readonly atomicValue: Uint8Array | null;
  readonly canonicalText: string | null;
  readonly metadata: string | null;
}

/** An atom that others derive from. */
interface ParentAtom {
  /** The draft's; -1 for the document. */
  readonly ordinal: number;
  /** Slice that it is written with, from 0, and its slot there; -1 for the document. */
  readonly slice: number;
  readonly slot: number;
  /** Null until {@link DraftSlices.written} sets it. */
  readonly atomId: bigint | null;
  /** Equal content occurred before, in this file or another, so that edges to it may be there already. */
  readonly isRepeated: boolean;
}

/** A parent as the slices keep it. */
interface KeptParent extends ParentAtom {
  atomId: bigint | null;
  isRepeated: boolean;
  /** Children so far, which is the next one's sequence number. */
  children: number;
  /** Where it starts; null where the offsets of its children count from its own start. */
  readonly startOffset: number | null;
}

/** What the database says of an atom that may get further children. */
export interface WrittenParent {
  /** The draft's. */
  readonly ordinal: number;
  readonly atomId: bigint;
  /** False: the tenant had it before. Null: it was written with an earlier slice. */
  readonly isNew: boolean | null;
}

/** An edge from the atom in a slot to its parent. */
export interface SliceEdge {
  readonly slot: number;
  readonly parent: ParentAtom;
  readonly derivationType: string;
  readonly sequence: number;
  readonly startOffset: number | null;
  readonly endOffset: number | null;
}

/** Part of a file, for one statement. */
export interface Slice {
  readonly number: number;
  readonly atoms: readonly SliceAtom[];
  readonly edges: readonly SliceEdge[];
  /** All atoms that may have children in later slices, of earlier slices too; without the document. */
  readonly openParents: readonly ParentAtom[];
  /** SHA-256 over this slice and those before it: equal for equal files that are taken apart the same way. */
  readonly digest: Buffer;
  /** Drafts that it was made from. */
  readonly pieces: number;
}

/** When a slice is full. */
export interface SliceLimits {
  /** Drafts. */
  readonly atoms: number;
  /** Bytes of text. */
  readonly bytes: number;
}

/**
 * Makes slices of a file's drafts. Equal content becomes one atom with several edges; an edge's offsets count from its
 * parent's start, so that equal parents have equal edges, wherever in whatever file they are. Drafts come depth first, so
 * only the way from the document to the last one is kept.
 */
export class DraftSlices {
  readonly #limits: SliceLimits;
  /** The parent of what has no other: the atom of the file itself. */
  readonly #document: KeptParent;
  readonly #path: KeptParent[];
  /** Open parents of slices that were taken and aren't written yet, by slice. */
  readonly #unwritten = new Map<number, readonly KeptParent[]>();
  #digest: Buffer = Buffer.alloc(0);
  #number = 0;
  #atoms: SliceAtom[] = [];
  #edges: SliceEdge[] = [];
  #slots = new Map<string, number>();
  #bytes = 0;
  #pieces = 0;

  constructor(limits: SliceLimits) {
    const place = { ordinal: -1, slice: -1, slot: -1 };
    this.#document = { ...place, atomId: null, isRepeated: false, children: 0, startOffset: 0 };
    this.#path = [this.#document];
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#pieces >= this.#limits.atoms || this.#bytes >= this.#limits.bytes;
  }

  get isEmpty(): boolean {
    return this.#pieces === 0;
  }

  /** @throws DraftContractError when the draft's parent isn't on the way to the draft before it */
  add(draft: AtomDraft): void {
    const parent = this.#parentOf(draft);
    const contentHash = hash('sha256', draft.content, 'buffer');
    const key = `${draft.atomType} ${contentHash.toString('base64')}`;
    const known = this.#slots.get(key);
    const slot = known ?? this.#addAtom(key, draft, contentHash);
    const from = parent.startOffset ?? 0;
    this.#edges.push({
      slot,
      parent,
      derivationType: draft.derivationType,
      sequence: parent.children,
      startOffset: draft.startOffset === null ? null : draft.startOffset - from,
      endOffset: draft.endOffset === null ? null : draft.endOffset - from,
    });
    parent.children += 1;
    this.#pieces += 1;
    if (draft.isLeaf) return;
    this.#path.push({
      ordinal: draft.ordinal,
      slice: this.#number,
      slot,
      atomId: null,
      isRepeated: known !== undefined,
      children: 0,
      startOffset: draft.ownOffsets ? 0 : draft.startOffset,
    });
  }

  /** What has come together since the last call. */
  take(): Slice {
    const number = this.#number;
    const openParents = this.#path.filter((parent) => parent !== this.#document);
    const atoms = this.#atoms;
    const edges = this.#edges;
    this.#digest = digestOf(this.#digest, atoms, edges);
    this.#unwritten.set(number, openParents);
    const slice: Slice = { number, atoms, edges, openParents, digest: this.#digest, pieces: this.#pieces };
    this.#number += 1;
    this.#atoms = [];
    this.#edges = [];
    this.#slots = new Map();
    this.#bytes = 0;
    this.#pieces = 0;
    return slice;
  }

  /**
   * Notes the ids of a slice's open parents, before a later slice, whose edges may lead to them, is written. Slices before it need
   * not have been noted.
   *
   * @param slice its number
   * @throws TypeError when an open parent is missing
   */
  written(slice: number, parents: readonly WrittenParent[]): void {
    for (const parent of this.#unwritten.get(slice) ?? []) {
      const written = parents.find(({ ordinal }) => ordinal === parent.ordinal);
      if (written === undefined)
        throw new TypeError(
          `Nothing is known of the atom of draft ${parent.ordinal}, which slice ${slice} leaves open.`,
        );
      parent.atomId = written.atomId;
      if (written.isNew === false) parent.isRepeated = true;
    }
    for (const number of this.#unwritten.keys()) if (number <= slice) this.#unwritten.delete(number);
  }

  #parentOf({ ordinal, parent }: AtomDraft): KeptParent {
    const wanted = parent ?? -1;
    for (let last = this.#path.at(-1); last !== undefined && last.ordinal >= wanted; last = this.#path.at(-1)) {
      if (last.ordinal === wanted) return last;
      this.#path.pop();
    }
    throw new DraftContractError(`Draft ${ordinal} names parent ${wanted}, which is not above the draft before it.`);
  }

  #addAtom(key: string, draft: AtomDraft, contentHash: Buffer): number {
    const slot = this.#atoms.length;
    this.#slots.set(key, slot);
    this.#atoms.push({
      atomType: draft.atomType,
      contentType: draft.contentType,
      contentHash,
      atomicValue: draft.content.length <= atomicValueBytes ? draft.content : null,
      canonicalText: draft.canonicalText,
      metadata: draft.metadata === null ? null : JSON.stringify(draft.metadata),
    });
    this.#bytes += 2 * (draft.canonicalText?.length ?? 0);
    return slot;
  }
}

function digestOf(before: Buffer, atoms: readonly SliceAtom[], edges: readonly SliceEdge[]): Buffer {
  const digest = createHash('sha256').update(before);
  for (const { atomType, contentHash } of atoms) digest.update(contentHash).update(atomType);
  const places = edges.map(({ slot, parent, sequence, startOffset, endOffset }) =>
    [slot, parent.ordinal, sequence, startOffset, endOffset].join(),
  );
  return digest.update(places.join(';')).digest();
}

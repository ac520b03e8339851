import type { AtomDraft } from './atomizer.ts';

/** A draft whose ordinal isn't given yet. What is left out is null; it is a leaf without offsets of its own. */
export interface DraftFields {
  readonly parent?: number | null;
  readonly atomType: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly canonicalText?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly values?: Readonly<Record<string, string>> | null;
  readonly derivationType?: string;
  readonly startOffset?: number | null;
  readonly endOffset?: number | null;
  readonly isLeaf?: boolean;
  readonly ownOffsets?: boolean;
}

/** Numbers the drafts of one file. */
export class DraftSequence {
  #next = 0;

  /** The ordinal that the next draft gets. */
  get next(): number {
    return this.#next;
  }

  /** The next draft: a leaf of the file itself, derived as `{atomType}-of`, unless the fields say otherwise. */
  add(fields: DraftFields): AtomDraft {
    const ordinal = this.#next;
    this.#next += 1;
    return {
      ordinal,
      parent: fields.parent ?? null,
      atomType: fields.atomType,
      contentType: fields.contentType,
      content: fields.content,
      canonicalText: fields.canonicalText ?? null,
      metadata: fields.metadata ?? null,
      values: fields.values ?? null,
      derivationType: fields.derivationType ?? `${fields.atomType}-of`,
      startOffset: fields.startOffset ?? null,
      endOffset: fields.endOffset ?? null,
      isLeaf: fields.isLeaf ?? true,
      ownOffsets: fields.ownOffsets ?? false,
    };
  }

  /** A draft of something inside, renumbered: what had no parent there is a child of `parent` here. */
  adopt(draft: AtomDraft, base: number, parent: number | null): AtomDraft {
    this.#next = base + draft.ordinal + 1;
    return {
      ...draft,
      ordinal: base + draft.ordinal,
      parent: draft.parent === null ? parent : base + draft.parent,
    };
  }
}

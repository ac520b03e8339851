import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource, ChosenAtomizer } from '../atomizer.ts';
import { chunkAtomizer } from '../chunks/chunk-atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { ArchiveBombError, ArchiveMemberError, AtomizerError } from '../errors.ts';
import { type DraftsOfPiece, FlattenedDrafts, MappedDrafts } from '../flattened-drafts.ts';
import { memberPath } from './member-path.ts';
import { Spool } from './spool.ts';

/** How many bytes decide the format of a member that is too large to be taken apart. */
const sampleBytes = 64 * 1024;

/** What an archive says of a member. */
export interface ArchiveMember {
  /** As it is written in the archive. */
  readonly name: string;
  /** `refused`: something that isn't followed or can't be read. */
  readonly kind: 'file' | 'folder' | 'refused';
  /** Why it was refused: `symbolic link`. */
  readonly reason?: string;
  readonly modified?: Date | undefined;
  /** The name that decides how it's read, where its own doesn't say its format. */
  readonly readAs?: string;
}

/** Drafts the members of one archive and, by their own atomizers, what is in them. */
export class MemberDrafts {
  readonly #drafts: DraftSequence;
  readonly #context: AtomizerContext;
  readonly #encoding: string | undefined;
  readonly #paths = new Set<string>();

  /**
   * @param context its `expansion` is the budget for the archive's contents
   * @param encoding of the texts in it, if the caller states one
   */
  constructor(drafts: DraftSequence, context: AtomizerContext, encoding?: string) {
    this.#drafts = drafts;
    this.#context = context;
    this.#encoding = encoding;
  }

  /**
   * Checks a member before anything of it is read.
   *
   * @param again what is done with one whose path was there before: TAR archives are appended to, and of documents the last is read
   * @returns its path with `/` between the parts
   * @throws ArchivePathError, ArchiveMemberError for a path that was there before, ArchiveBombError for too many
   */
  admit(member: ArchiveMember, again: 'refused' | 'kept' | 'replaces' = 'refused'): string {
    const path = memberPath(member.name);
    this.#context.expansion.addMember();
    if (member.kind === 'folder') return path;
    if (this.#paths.has(path)) {
      if (again === 'refused') throw new ArchiveMemberError(path, 'is in it twice');
      const kept = again === 'kept' ? 'both are kept' : 'the last one is read';
      this.#context.notes.add('MEMBERS_REPLACED', `${path} is there again; ${kept}`);
    }
    this.#paths.add(path);
    return path;
  }

  /** The draft that says that a member was refused, and why. */
  refused(path: string, reason: string): AtomDraft {
    this.#context.notes.add('MEMBERS_REFUSED', `${path}: ${reason}`);
    return this.#drafts.add({
      atomType: 'archive-member-refused',
      contentType: 'application/json',
      content: Buffer.from(JSON.stringify({ path, refused: reason })),
      canonicalText: path,
      metadata: { path, reason },
      derivationType: 'member-of',
    });
  }

  /**
   * The drafts of a file in the archive. Its own is a description with the hash of its bytes, which come as children.
   * Where the member's format is broken, a note says so, and the bytes follow as chunks: nothing is lost.
   *
   * @param bytes what the member expands to, counted by the budget already
   */
  file(path: string, member: ArchiveMember, bytes: AsyncIterable<Uint8Array>): FlattenedDrafts {
    return new FlattenedDrafts(this.#draftsOf(path, member, bytes));
  }

  async *#draftsOf(
    path: string,
    member: ArchiveMember,
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<DraftsOfPiece> {
    const { signal } = this.#context;
    await using spool = await Spool.fill(bytes, signal);
    const encoding = this.#encoding;
    const open = (stop?: AbortSignal) => spool.open(stop);
    const name = member.readAs ?? path;
    const source: AtomizerSource = { name, size: spool.size, open, ...(encoding !== undefined && { encoding }) };
    const { atomizer, source: readable } = await this.#choose(source, spool);
    const ordinal = this.#drafts.next;
    await using contents = new FlattenedDrafts(this.#contents(path, atomizer, readable));
    // Whether there is anything in it shows only when it's read: a PDF may have no text.
    const first = await contents.next();
    const description = this.#drafts.add({
      atomType: 'archive-member',
      contentType: 'application/json',
      content: Buffer.from(JSON.stringify({ path, size: spool.size, sha256: spool.sha256 })),
      canonicalText: path,
      metadata: {
        path,
        size: spool.size,
        sha256: spool.sha256,
        atomizer: atomizer.name,
        ...(member.modified !== undefined && { modified: member.modified.toISOString() }),
      },
      derivationType: 'member-of',
      isLeaf: first.done === true,
      ownOffsets: true,
    });
    yield [description];
    if (first.done === true) return;
    const adopt = (draft: AtomDraft): AtomDraft => this.#drafts.adopt(draft, ordinal + 1, ordinal);
    yield [adopt(first.value)];
    yield new MappedDrafts(contents, adopt);
  }

  /** The atomizer of a member. One that is too large to be taken apart isn't scanned for its encoding, which takes longer than keeping it. */
  async #choose(source: AtomizerSource, spool: Spool): Promise<ChosenAtomizer> {
    const { registry, signal, notes, expansion } = this.#context;
    if (spool.size <= sampleBytes || expansion.fitsText(spool.size))
      return await registry.choose(source, signal, notes);
    const beginning = { ...source, size: sampleBytes, open: (stop?: AbortSignal) => spool.range(0, sampleBytes, stop) };
    const { atomizer } = await registry.choose(beginning, signal);
    return { atomizer, source };
  }

  /** What is in a member, numbered from 0. */
  async *#contents(path: string, atomizer: Atomizer, source: AtomizerSource): AsyncGenerator<DraftsOfPiece> {
    if (source.size === 0) return;
    let next = 0;
    const counted = (draft: AtomDraft): AtomDraft => {
      next = draft.ordinal + 1;
      return draft;
    };
    try {
      if (atomizer !== chunkAtomizer) this.#context.expansion.addText(source.size ?? 0);
      yield new MappedDrafts(atomizer.atomize(source, this.#context), counted);
    } catch (error) {
      // A bomb is a matter of the whole file.
      if (!(error instanceof AtomizerError) || isBomb(error)) throw error;
      this.#context.notes.add('MEMBERS_BROKEN', `${path}: ${error.message}`);
      const drafts = new DraftSequence();
      const problem = drafts.add({
        atomType: 'archive-member-problem',
        contentType: 'application/json',
        content: Buffer.from(JSON.stringify({ path, code: error.code, message: error.message })),
        canonicalText: error.message.toWellFormed(),
        metadata: { path, code: error.code },
        derivationType: 'problem-of',
      });
      const base = next;
      yield [drafts.adopt(problem, base, null)];
      const adopt = (draft: AtomDraft): AtomDraft => drafts.adopt(draft, base + 1, null);
      yield new MappedDrafts(chunkAtomizer.atomize(source, this.#context), adopt);
    }
  }
}

function isBomb(error: AtomizerError): boolean {
  return error instanceof ArchiveBombError && error.limit !== 'maxTextExpansionRatio';
}

import { ArchiveBombError } from './errors.ts';
import type { AtomizerLimits } from './options.ts';

/** Below this a high ratio does no harm; small files of zeros are common. */
const ratioFloorBytes = 16 * 1024 * 1024;

/**
 * What the archives in one file have expanded to so far. One budget is shared by all levels, so nesting doesn't
 * multiply what is allowed.
 */
export class ExpansionBudget {
  readonly #limits: AtomizerLimits;
  readonly #depth: number;
  readonly #total: { bytes: number; members: number };

  constructor(limits: AtomizerLimits, depth = 0, total = { bytes: 0, members: 0 }) {
    this.#limits = limits;
    this.#depth = depth;
    this.#total = total;
  }

  /**
   * Enters an archive.
   *
   * @returns the budget for what is inside
   * @throws ArchiveBombError beyond `maxArchiveDepth`
   */
  enter(): ExpansionBudget {
    if (this.#depth >= this.#limits.maxArchiveDepth) {
      throw new ArchiveBombError('maxArchiveDepth', this.#limits.maxArchiveDepth);
    }
    return new ExpansionBudget(this.#limits, this.#depth + 1, this.#total);
  }

  /**
   * Counts a member.
   *
   * @throws ArchiveBombError beyond `maxArchiveMembers`
   */
  addMember(): void {
    this.#total.members += 1;
    if (this.#total.members > this.#limits.maxArchiveMembers) {
      throw new ArchiveBombError('maxArchiveMembers', this.#limits.maxArchiveMembers);
    }
  }

  /**
   * Passes expanded bytes on and counts them.
   *
   * @param expanded what comes out of the decompressor
   * @param compressedBytes how many bytes have gone into it so far; it's asked after each piece
   * @throws ArchiveBombError beyond `maxExpandedBytes` or `maxExpansionRatio`
   */
  async *count(expanded: AsyncIterable<Uint8Array>, compressedBytes: () => number): AsyncGenerator<Uint8Array> {
    let here = 0;
    for await (const piece of expanded) {
      here += piece.length;
      this.#total.bytes += piece.length;
      if (this.#total.bytes > this.#limits.maxExpandedBytes) {
        throw new ArchiveBombError('maxExpandedBytes', this.#limits.maxExpandedBytes);
      }
      if (here > ratioFloorBytes && here > this.#limits.maxExpansionRatio * compressedBytes()) {
        throw new ArchiveBombError('maxExpansionRatio', this.#limits.maxExpansionRatio);
      }
      yield piece;
    }
  }
}

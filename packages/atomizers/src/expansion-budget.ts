import { ArchiveBombError } from './errors.ts';
import type { AtomizerLimits } from './options.ts';

/** Below this a high ratio does no harm; small files of zeros are common. */
const ratioFloorBytes = 16 * 1024 * 1024;
/** Workbooks of a megabyte with little content have that many. */
const elementsFloor = 4_000_000;
/** The first bytes of a file, which may have a quarter as many elements as the rest: each takes two microseconds. */
const sparingBytes = 4 * 1024 * 1024;

interface Expanded {
  bytes: number;
  members: number;
  textBytes: number;
  elements: number;
}

/**
 * What the archives in one file have expanded to so far. One budget is shared by all levels, so nesting doesn't
 * multiply what is allowed.
 */
export class ExpansionBudget {
  readonly #limits: AtomizerLimits;
  readonly #depth: number;
  readonly #size: number | null;
  readonly #total: Expanded;

  /** @param size of the whole file in bytes; if unknown, limits that depend on it don't apply */
  constructor(
    limits: AtomizerLimits,
    size: number | null = null,
    depth = 0,
    total: Expanded = { bytes: 0, members: 0, textBytes: 0, elements: 0 },
  ) {
    this.#limits = limits;
    this.#size = size;
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
    return new ExpansionBudget(this.#limits, this.#size, this.#depth + 1, this.#total);
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
   * Counts bytes that are to be taken apart, which takes many times as long as expanding them.
   *
   * @throws ArchiveBombError beyond `maxTextExpansionRatio`: they can still be kept as they are
   */
  addText(bytes: number): void {
    const fits = this.fitsText(bytes);
    this.#total.textBytes += bytes;
    if (!fits) throw new ArchiveBombError('maxTextExpansionRatio', this.#limits.maxTextExpansionRatio);
  }

  /** Whether so many more bytes may be taken apart. */
  fitsText(bytes: number): boolean {
    const { maxTextExpansionRatio, maxExpandedTextBytes } = this.#limits;
    if (this.#size === null) return true;
    return this.#total.textBytes + bytes <= Math.max(maxExpandedTextBytes, maxTextExpansionRatio * this.#size);
  }

  /**
   * Counts XML elements, of which a few compressed bytes may hold millions; an attribute counts half, and so do 50 characters.
   *
   * @throws ArchiveBombError beyond `maxElementsPerByte`
   */
  addElements(count: number): void {
    this.#total.elements += count;
    const { maxElementsPerByte } = this.#limits;
    if (this.#size === null) return;
    const counted = this.#size - Math.min(this.#size, sparingBytes) * 0.75;
    if (this.#total.elements <= elementsFloor + maxElementsPerByte * counted) return;
    throw new ArchiveBombError('maxElementsPerByte', maxElementsPerByte);
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

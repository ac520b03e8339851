import type { BrokerTransaction } from '@hartonomous/broker-client';
import type { DraftSlices, Slice } from './draft-slices.ts';
import { beginDocument, type DocumentRow, type WriteOptions, writeSlice } from './write-slices.ts';

/**
 * Writes the slices of a file, each while the next one is made. With the first one it takes the tenant's lock, so that
 * small files are taken apart before it and not under it.
 */
export class DocumentWriter implements AsyncDisposable {
  readonly #transaction: BrokerTransaction;
  readonly #document: DocumentRow;
  readonly #slices: DraftSlices;
  readonly #options: WriteOptions;
  #writing: Promise<void> = Promise.resolve();
  #state: 'nothing-written' | 'written' | 'known' = 'nothing-written';
  #atoms = 0;
  #edges = 0;
  #pieces = 0;
  #atomId: bigint | undefined;

  /** @param slices where the slices come from; it is told the ids of what is written */
  constructor(transaction: BrokerTransaction, document: DocumentRow, slices: DraftSlices, options: WriteOptions) {
    this.#transaction = transaction;
    this.#document = document;
    this.#slices = slices;
    this.#options = options;
  }

  /** `known`: another ingestion has written the same file meanwhile; there is nothing more to write. */
  get state(): 'nothing-written' | 'written' | 'known' {
    return this.#state;
  }

  /** New atoms, new edges, and pieces so far. */
  get counts(): { readonly atoms: number; readonly edges: number; readonly pieces: number } {
    return { atoms: this.#atoms, edges: this.#edges, pieces: this.#pieces };
  }

  /** Waits until the slice before is written, and begins with this one. */
  async write(slice: Slice): Promise<void> {
    await this.#writing;
    this.#writing = this.#writeNow(slice);
    // It is awaited with the next slice, or at the end; until then nobody is there to hear of its failure.
    this.#writing.catch(() => undefined);
  }

  /**
   * Waits until all is written; a file without pieces is its own atom alone.
   * @returns the atom of the file as a whole
   */
  async end(): Promise<bigint> {
    await this.#writing;
    return this.#atomId ?? (await this.#begin());
  }

  async #begin(): Promise<bigint> {
    const { atomId, isNew } = await beginDocument(this.#transaction, this.#document, this.#options);
    this.#atomId = atomId;
    this.#slices.documentWritten(atomId);
    this.#state = isNew ? 'written' : 'known';
    if (isNew) this.#atoms += 1;
    return atomId;
  }

  async #writeNow(slice: Slice): Promise<void> {
    if (this.#atomId === undefined) await this.#begin();
    if (this.#state === 'known') return;
    const written = await writeSlice(this.#transaction, this.#document.tenantId, slice, this.#options);
    const { atoms, edges, openParents } = written;
    this.#slices.written(slice.number, openParents);
    this.#atoms += atoms;
    this.#edges += edges;
    this.#pieces += slice.pieces;
  }

  /** Waits for what is under way: a transaction can't be rolled back with a statement running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing.catch(() => undefined);
  }
}

import type { BrokerTransaction } from '@hartonomous/broker-client';
import type { ParentAtom, Slice } from './draft-slices.ts';
import { beginDocument, type DocumentRow, type WriteOptions, writeSlice } from './write-slices.ts';

/**
 * Writes the slices of a file, each while the next one is made. With the first one it takes the tenant's lock, so that
 * small files are taken apart before it and not under it.
 */
export class DocumentWriter implements AsyncDisposable {
  readonly #transaction: BrokerTransaction;
  readonly #document: DocumentRow;
  readonly #parent: ParentAtom;
  readonly #options: WriteOptions;
  #writing: Promise<void> = Promise.resolve();
  #state: 'nothing-written' | 'written' | 'known' = 'nothing-written';
  #atoms = 0;
  #edges = 0;
  #pieces = 0;

  /** @param parent stands for the document in the slices; it gets its id */
  constructor(transaction: BrokerTransaction, document: DocumentRow, parent: ParentAtom, options: WriteOptions) {
    this.#transaction = transaction;
    this.#document = document;
    this.#parent = parent;
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
    if (this.#parent.atomId === null) await this.#begin();
    if (this.#parent.atomId === null) throw new TypeError('The document has no atom.');
    return this.#parent.atomId;
  }

  async #begin(): Promise<void> {
    const { atomId, isNew } = await beginDocument(this.#transaction, this.#document, this.#options);
    this.#parent.atomId = atomId;
    this.#state = isNew ? 'written' : 'known';
    if (isNew) this.#atoms += 1;
  }

  async #writeNow(slice: Slice): Promise<void> {
    if (this.#parent.atomId === null) await this.#begin();
    if (this.#state === 'known') return;
    const { atoms, edges } = await writeSlice(this.#transaction, this.#document.tenantId, slice, this.#options);
    this.#atoms += atoms;
    this.#edges += edges;
    this.#pieces += slice.pieces;
  }

  /** Waits for what is under way: a transaction can't be rolled back with a statement running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing.catch(() => undefined);
  }
}

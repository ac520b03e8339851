import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { chunkAtomizer } from '../chunks/chunk-atomizer.ts';
import { FileEncryptedError } from '../errors.ts';
import { readBlocks } from '../source-reading.ts';

const magic = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** Names in the directory of a compound file are UTF-16 (MS-CFB, section 2.6.1). */
const encryptedPackage = Buffer.from('EncryptedPackage', 'utf16le');

/** Whether a file begins as a compound file does. */
export function isCompoundFile(head: Uint8Array): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

/**
 * OLE compound files. Office wraps a document with a password into one (MS-OFFCRYPTO, section 2.3), which is refused; .doc, .xls
 * and .ppt are such files too, and are kept as bytes with a note.
 */
export const compoundFileAtomizer: Atomizer = {
  name: 'compound-file',
  mediaType: 'application/x-ole-storage',
  input: 'bytes',
  reproduces: 'bytes',
  offsetUnit: 'byte',
  detect: (head) => (isCompoundFile(head) ? 0.9 : 0),
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    let end = Buffer.alloc(0);
    for await (const block of readBlocks(source, context.signal)) {
      const bytes = Buffer.concat([end, block]);
      if (bytes.includes(encryptedPackage)) throw new FileEncryptedError('Office');
      end = Buffer.from(bytes.subarray(-encryptedPackage.length));
    }
    yield* chunkAtomizer.atomize(source, context);
  },
};

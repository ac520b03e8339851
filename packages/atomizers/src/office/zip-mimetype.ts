import { isZip } from '../archives/zip-atomizer.ts';
import { fileExtension } from '../file-extension.ts';

/**
 * How sure it is that a ZIP archive is a document of a kind that says so in its first member, `mimetype` (ODF 1.3, part 2, 3.3; EPUB 3.3,
 * 4.2.6.2). Not every program keeps to that, so the name counts too.
 *
 * @param start of the media type
 * @returns as `Atomizer.detect`
 */
export function mimetypeScore(head: Uint8Array, name: string, start: string, extensions: readonly string[]): number {
  if (!isZip(head)) return 0;
  const first = Buffer.from(head.subarray(0, 128)).toString('latin1');
  if (first.includes(`mimetype${start}`)) return 0.97;
  return extensions.includes(fileExtension(name)) ? 0.96 : 0;
}

import type { Atomizer } from '../atomizer.ts';
import { compressedReading } from './compressed-drafts.ts';
import { gunzip } from './gunzip.ts';

/** gzip: what is in it, as its only member; of a compressed TAR archive (tar.gz) its members, as they come. */
export const gzipAtomizer: Atomizer = {
  name: 'gzip',
  mediaType: 'application/gzip',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) => (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 ? 0.95 : 0),
  ...compressedReading(gunzip, /\.gz(?:ip)?$/i),
};

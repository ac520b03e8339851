import type { Atomizer } from '../atomizer.ts';
import { bunzip2 } from './bunzip2.ts';
import { compressedReading } from './compressed-drafts.ts';

/** Digits of pi and of its square root, with which a block and the end of a stream begin. */
const starts = ['314159265359', '177245385090'];

/** bzip2: what is in it, as its only member; of a compressed TAR archive its members. */
export const bzip2Atomizer: Atomizer = {
  name: 'bzip2',
  mediaType: 'application/x-bzip2',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head) {
    const hex = Buffer.from(head.subarray(0, 10)).toString('hex');
    return /^425a683[1-9]/.test(hex) && starts.includes(hex.slice(8)) ? 0.95 : 0;
  },
  ...compressedReading(bunzip2, /\.bz(?:2|ip2)?$/i),
};

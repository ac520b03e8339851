const blockBytes = 512;
const magicAt = 257;
const magic = 'ustar';
const checksumAt = 148;
const checksumLength = 8;

/** Whether bytes begin like a TAR archive that isn't compressed: with `ustar`, or, older ones, with a header whose checksum is right. */
export function isTar(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, blockBytes));
  if (bytes.toString('latin1', magicAt, magicAt + magic.length) === magic) return true;
  if (bytes.length < blockBytes || bytes[0] === 0) return false;
  const stated = /^\s*([0-7]{1,7})[\0 ]/.exec(bytes.toString('latin1', checksumAt, checksumAt + checksumLength))?.[1];
  if (stated === undefined) return false;
  // The sum of all bytes, those of the checksum itself as blanks.
  let sum = checksumLength * 0x20;
  for (let at = 0; at < blockBytes; at++) {
    if (at < checksumAt || at >= checksumAt + checksumLength) sum += bytes[at] ?? 0;
  }
  return sum === Number.parseInt(stated, 8);
}

/** First bytes of the formats that Tesseract's library reads, as Latin-1: PNG, JPEG, TIFF, GIF. */
const starts = ['\x89PNG\r\n', '\xff\xd8\xff', 'II*\0', 'MM\0*', 'GIF87a', 'GIF89a'];

/** Possible sizes of a bitmap's header, after a file header with four zero bytes: text may begin with BM, too. */
const bitmapHeaders = new Set(['\x0c\0\0\0', '\x28\0\0\0', '\x38\0\0\0', '\x6c\0\0\0', '\x7c\0\0\0']);

/** Whether a file begins like a picture that can be read; bitmaps and WebP are checked beyond their first bytes. */
export function isPicture(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 32)).toString('latin1');
  if (starts.some((start) => text.startsWith(start))) return true;
  if (text.startsWith('RIFF')) return text.startsWith('WEBP', 8);
  return text.startsWith('BM') && text.slice(6, 10) === '\0\0\0\0' && bitmapHeaders.has(text.slice(14, 18));
}

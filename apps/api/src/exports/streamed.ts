/**
 * A body that is read as fast as the client takes it. When `texts` throws, the connection is cut off, so that nobody takes a part for the
 * whole.
 */
export function streamed(texts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  return ReadableStream.from(encoded(texts));
}

/** Characters that are sent at a time; a piece of a few bytes costs as much as one of these. */
const pieceLength = 16_384;

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield encoder.encode(piece);
    piece = '';
  }
  if (piece !== '') yield encoder.encode(piece);
}

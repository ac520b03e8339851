/** What a body holds while it is read. */
export interface StreamedOptions {
  /** Disposed of when the body has ended, or `signal` is aborted. */
  readonly place: Disposable;
  /** Aborted when nobody is left to read it. */
  readonly signal: AbortSignal;
}

/**
 * A body that is read as fast as the client takes it. When `texts` throws, the connection is cut off, so that nobody takes a part for the
 * whole.
 */
export function streamed(texts: AsyncIterable<string>, { place, signal }: StreamedOptions): ReadableStream<Uint8Array> {
  // One that nobody has begun to read has no end of its own.
  const giveBack = () => place[Symbol.dispose]();
  signal.addEventListener('abort', giveBack, { once: true });
  if (signal.aborted) giveBack();
  return ReadableStream.from(encoded(texts, place));
}

/** Characters that are sent at a time; a piece of a few bytes costs as much as one of these. */
const pieceLength = 16_384;

async function* encoded(texts: AsyncIterable<string>, place: Disposable): AsyncGenerator<Uint8Array, void> {
  using _place = place;
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

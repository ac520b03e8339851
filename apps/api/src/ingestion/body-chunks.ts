import { BodyBrokenOffError, TooLargeError } from '../errors.ts';

/**
 * The bytes of a request's body as they come.
 *
 * @param length that its headers say; undefined for one that comes in chunks
 * @throws TooLargeError as soon as there are more than `most`
 * @throws BodyBrokenOffError when the client goes before the end
 */
export async function* bodyChunks(
  body: ReadableStream<Uint8Array> | null,
  length: number | undefined,
  most: number,
): AsyncGenerator<Uint8Array> {
  if (length !== undefined && length > most) throw new TooLargeError(most);
  if (body === null) return;
  let bytes = 0;
  const reader = body.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new BodyBrokenOffError(bytes, cause);
      });
      if (done) break;
      bytes += value.length;
      if (bytes > most) throw new TooLargeError(most);
      yield value;
    }
  } finally {
    // The rest of a body that is refused isn't read.
    await reader.cancel().catch(() => undefined);
  }
  if (length !== undefined && bytes !== length) throw new BodyBrokenOffError(bytes, undefined);
}

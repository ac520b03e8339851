const bytesPerNumber = Float32Array.BYTES_PER_ELEMENT;

/**
 * The bytes of a vector as a column has them: 32-bit numbers one after another, the least significant byte first.
 * What a number has beyond 32 bits is rounded away.
 */
export function encodeVector(numbers: Iterable<number>): Uint8Array {
  const values = [...numbers];
  const bytes = new Uint8Array(values.length * bytesPerNumber);
  const view = new DataView(bytes.buffer);
  values.forEach((value, position) => {
    view.setFloat32(position * bytesPerNumber, value, true);
  });
  return bytes;
}

/**
 * The numbers of {@link encodeVector}'s bytes.
 *
 * @param bytes a multiple of 4
 * @throws RangeError when bytes are left over
 */
export function decodeVector(bytes: Uint8Array): number[] {
  if (bytes.byteLength % bytesPerNumber !== 0) {
    throw new RangeError(
      `A vector has ${bytesPerNumber} bytes for each number; ${bytes.byteLength} bytes leave some over.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / bytesPerNumber }, (_, position) =>
    view.getFloat32(position * bytesPerNumber, true),
  );
}

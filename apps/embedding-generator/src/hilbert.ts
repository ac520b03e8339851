/** Bits of an axis. Three of them fit into a BIGINT without its sign. */
export const hilbertBits = 21;

/**
 * Place of a point on a Hilbert curve through a cube: points that are neighbours on the curve are neighbours in space. Method of
 * Skilling ("Programming the Hilbert curve", AIP Conf. Proc. 707, 381, 2004), axis 0 first.
 *
 * @param point three whole numbers from 0 to 2^bits - 1
 * @param bits of an axis, from 1 to 21
 */
export function hilbertValue(point: readonly [number, number, number], bits: number = hilbertBits): bigint {
  const axes: [number, number, number] = [...point];
  const highest = 2 ** (bits - 1);
  for (let bit = highest; bit > 1; bit /= 2) {
    const below = bit - 1;
    for (const axis of [0, 1, 2] as const) {
      if ((axes[axis] & bit) !== 0) axes[0] ^= below;
      else {
        const swapped = (axes[0] ^ axes[axis]) & below;
        axes[0] ^= swapped;
        axes[axis] ^= swapped;
      }
    }
  }
  axes[1] ^= axes[0];
  axes[2] ^= axes[1];
  let flips = 0;
  for (let bit = highest; bit > 1; bit /= 2) if ((axes[2] & bit) !== 0) flips ^= bit - 1;
  let value = 0n;
  for (let bit = highest; bit >= 1; bit /= 2) {
    for (const axis of [0, 1, 2] as const) value = (value << 1n) | (((axes[axis] ^ flips) & bit) === 0 ? 0n : 1n);
  }
  return value;
}

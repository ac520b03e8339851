/** A picture as pdf.js gives it: rows from above, in bits (1 is white), or in bytes for gray, RGB or RGBA. */
export interface PdfImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A picture as a portable gray map (PGM), the input for OCR. */
export function grayMap({ width, height, data }: PdfImage): Uint8Array<ArrayBuffer> {
  const head = Buffer.from(`P5 ${width} ${height} 255\n`, 'latin1');
  const pixels = width * height;
  const map = new Uint8Array(head.length + pixels);
  map.set(head);
  const channels = Math.floor(data.length / pixels);
  const rowBytes = Math.ceil(width / 8);
  for (let at = 0; at < pixels; at++) {
    const column = at % width;
    const bits = data[((at - column) / width) * rowBytes + (column >> 3)] ?? 0;
    const from = at * channels;
    const [red = 0, green = 0, blue = 0] = channels >= 3 ? [data[from], data[from + 1], data[from + 2]] : [];
    // The usual luma weights, ITU-R BT.601.
    const gray = channels >= 3 ? (299 * red + 587 * green + 114 * blue) / 1000 : (data[from] ?? 0);
    map[head.length + at] = channels === 0 ? ((bits >> (7 - (column & 7))) & 1) * 255 : gray;
  }
  return map;
}

/** A PDF of one page whose content is a deflated stream, with a right table of objects. */
export function pdfOf(deflatedContent: Buffer): Buffer {
  return pdfOfObjects([
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << >> >>'),
    deflatedStream(deflatedContent),
  ]);
}

function deflatedStream(content: Buffer): Buffer {
  const start = Buffer.from(`<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n`);
  return Buffer.concat([start, content, Buffer.from('\nendstream')]);
}

/** A PDF with many pages that all have the same deflated content; `F1` is Helvetica. */
export function pdfOfPages(deflatedContent: Buffer, pages: number): Buffer {
  const first = 5;
  const kids = Array.from({ length: pages }, (_, index) => `${first + index} 0 R`).join(' ');
  const page = Buffer.from(
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
  );
  return pdfOfObjects([
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`),
    deflatedStream(deflatedContent),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'),
    ...Array.from({ length: pages }, () => page),
  ]);
}

/** A PDF of objects, numbered from 1, the first of which is the catalog; with a right table of them. */
export function pdfOfObjects(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let at = 9;
  objects.forEach((object, index) => {
    offsets.push(at);
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(part);
    at += part.length;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  parts.push(Buffer.from(`${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(parts);
}

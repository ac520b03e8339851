import { createDeflate, gzipSync } from 'node:zlib';
import type { AtomizerSource } from '../src/atomizer.ts';
import { bytesSource } from '../src/source-reading.ts';
import { rawZipOf } from './archive-support.ts';
import { docxOf } from './docx-support.ts';
import { pdfOf } from './pdf-support.ts';

const mebi = 1024 * 1024;

/** A source of the same piece over and over, so that it takes no memory of its own. */
function repeated(name: string, head: string, piece: string, times: number): AtomizerSource {
  const bytes = Buffer.from(piece);
  return {
    name,
    size: null,
    async *open() {
      yield Buffer.from(head);
      for (let turn = 0; turn < times; turn++) yield bytes;
    },
  };
}

/** What a start and a piece of a mebibyte, so many times, deflate to; made without holding it. */
async function deflated(mebibytes: number, piece: Buffer, start = Buffer.alloc(0)): Promise<Buffer> {
  const deflate = createDeflate({ level: 1 });
  const parts: Buffer[] = [];
  const read = (async () => {
    for await (const part of deflate) parts.push(part as Buffer);
  })();
  deflate.write(start);
  for (let turn = 0; turn < mebibytes; turn++) {
    if (!deflate.write(piece)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  deflate.end();
  await read;
  return Buffer.concat(parts);
}

/** A ZIP in a ZIP in a ZIP, with as many copies on each level, as 42.zip is made. */
function nestedBomb(levels: number, copies: number): Buffer {
  let inner: Buffer = Buffer.alloc(mebi);
  for (let level = 0; level < levels; level++) {
    const content = inner;
    inner = rawZipOf(Array.from({ length: copies }, (_, index) => ({ name: `${index}.zip`, content, method: 8 })));
  }
  return inner;
}

async function zeros(size: number): Promise<AtomizerSource> {
  const data = (await deflated(256, Buffer.alloc(mebi))).subarray(2, -4);
  const entry = { name: 'zeros', content: Buffer.alloc(0), method: 8, deflated: { data, size } };
  return bytesSource('bomb.zip', rawZipOf([entry]));
}

/** Files that are made to hurt, and the code that each has to end with. */
export const hostileFiles: Readonly<Record<string, { readonly code: string; make(): Promise<AtomizerSource> }>> = {
  'a ZIP of 256 MB of zeros': { code: 'ARCHIVE_BOMB', make: () => zeros(256 * mebi) },
  'a ZIP of 256 MB of zeros that says to be small': { code: 'FILE_BROKEN', make: () => zeros(10) },
  'gzip of a gigabyte in members of 8 MB': {
    code: 'ARCHIVE_BOMB',
    make: async () => {
      const member = gzipSync(Buffer.alloc(8 * mebi));
      return {
        name: 'bomb.gz',
        size: null,
        open: async function* () {
          for (let turn = 0; turn < 128; turn++) yield member;
        },
      };
    },
  },
  'six levels of ZIP with sixteen copies each': {
    code: 'ARCHIVE_BOMB',
    make: async () => bytesSource('42.zip', nestedBomb(6, 16)),
  },
  'JSON of 100,000 levels': {
    code: 'NESTING_TOO_DEEP',
    make: async () => bytesSource('deep.json', Buffer.from('[{"a":'.repeat(100_000))),
  },
  'a JSON string that doesn’t end': {
    code: 'VALUE_TOO_LARGE',
    make: async () => repeated('endless.json', '["', 'x'.repeat(mebi), 64),
  },
  'a CSV field that doesn’t end': {
    code: 'VALUE_TOO_LARGE',
    make: async () => repeated('endless.csv', 'a,b\n1,"', 'x,'.repeat(450_000), 64),
  },
  'a CSV row of nothing but commas': {
    code: 'VALUE_TOO_LARGE',
    make: async () => repeated('commas.csv', 'a,b\n', ','.repeat(mebi), 64),
  },
  // Elements that are too deep aren't nested any more: nothing is refused.
  'HTML with a million open tags': {
    code: 'OK',
    make: async () => repeated('open.html', '<!doctype html>', '<div>'.repeat(10_000), 100),
  },
  'an HTML comment that doesn’t end': {
    code: 'VALUE_TOO_LARGE',
    make: async () => repeated('comment.html', '<html><!--', ' x'.repeat(500_000), 64),
  },
  'an HTML attribute that doesn’t end': {
    code: 'VALUE_TOO_LARGE',
    make: async () => repeated('attribute.html', '<html><p title="', '&amp;x'.repeat(100_000), 64),
  },
  'DOCX with a billion laughs': {
    code: 'XML_DOCTYPE_FORBIDDEN',
    make: async () => {
      const entities = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
      const doctype = `<!DOCTYPE w [<!ENTITY l0 "lol">${entities}]>`;
      return bytesSource('laughs.docx', docxOf({ doctype, body: '<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>' }));
    },
  },
  'DOCX with an external entity': {
    code: 'XML_DOCTYPE_FORBIDDEN',
    make: async () => {
      const doctype = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
      return bytesSource('external.docx', docxOf({ doctype, body: '<w:p><w:r><w:t>&x;</w:t></w:r></w:p>' }));
    },
  },
  'DOCX with 128 MB of text': {
    code: 'VALUE_TOO_LARGE',
    make: async () => {
      const start = Buffer.from('<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>');
      const data = (await deflated(128, Buffer.alloc(mebi, 'a'), start)).subarray(2, -4);
      return bytesSource('long.docx', docxOf({ deflated: { data, size: 128 * mebi + start.length } }));
    },
  },
  'DOCX of deep elements': {
    code: 'NESTING_TOO_DEEP',
    make: async () => bytesSource('deep.docx', docxOf({ body: '<w:x>'.repeat(100_000) })),
  },
  'a PDF whose page is 1 GB of spaces': {
    code: 'MEMORY_EXCEEDED',
    make: async () => bytesSource('spaces.pdf', pdfOf(await deflated(1024, Buffer.alloc(mebi, ' ')))),
  },
};

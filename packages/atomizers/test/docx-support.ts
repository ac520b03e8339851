import { type RawZipEntry, rawZipOf } from './archive-support.ts';

const namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const relationships = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"';
const officeDocument = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument';

/** What the main part of a Word document is made of: its elements, or data that is deflated already. */
export type DocxContent =
  | { readonly body: string; readonly doctype?: string }
  | { readonly deflated: NonNullable<RawZipEntry['deflated']> };

/** A Word document with nothing but what it has to have. */
export function docxOf(content: DocxContent): Buffer {
  const start = `<Relationships ${relationships}><Relationship Id="r1" Type="${officeDocument}" Target="word/document.xml"/>`;
  const main =
    'body' in content
      ? `<?xml version="1.0"?>${content.doctype ?? ''}<w:document ${namespace}><w:body>${content.body}</w:body></w:document>`
      : '';
  return rawZipOf([
    { name: '_rels/.rels', content: Buffer.from(`${start}</Relationships>`), method: 8 },
    { name: 'word/document.xml', content: Buffer.from(main), method: 8, ...('deflated' in content && content) },
  ]);
}

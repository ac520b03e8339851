import { bzip2Atomizer } from './archives/bzip2-atomizer.ts';
import { compoundFileAtomizer } from './archives/compound-file-atomizer.ts';
import { gzipAtomizer } from './archives/gzip-atomizer.ts';
import { tarAtomizer } from './archives/tar-atomizer.ts';
import { xzAtomizer } from './archives/xz-atomizer.ts';
import { zipAtomizer } from './archives/zip-atomizer.ts';
import { zstdAtomizer } from './archives/zstd-atomizer.ts';
import { AtomizerRegistry } from './atomizer-registry.ts';
import { chunkAtomizer } from './chunks/chunk-atomizer.ts';
import { sourceCodeAtomizer } from './code/source-code-atomizer.ts';
import { csvAtomizer } from './csv/csv-atomizer.ts';
import { docxAtomizer } from './docx/docx-atomizer.ts';
import { epubAtomizer } from './epub/epub-atomizer.ts';
import { htmlAtomizer } from './html/html-atomizer.ts';
import { jsonAtomizer } from './json/json-atomizer.ts';
import { ndjsonAtomizer } from './json/ndjson-atomizer.ts';
import { mailAtomizer } from './mail/mail-atomizer.ts';
import { mailboxAtomizer } from './mail/mailbox-atomizer.ts';
import { msgAtomizer } from './mail/msg-atomizer.ts';
import { notebookAtomizer } from './notebook/notebook-atomizer.ts';
import type { OcrProvider } from './ocr/ocr-provider.ts';
import { pictureAtomizer } from './ocr/picture-atomizer.ts';
import { odfAtomizer } from './office/odf-atomizer.ts';
import { pptxAtomizer } from './office/pptx-atomizer.ts';
import { xlsxAtomizer } from './office/xlsx-atomizer.ts';
import { pdfAtomizer } from './pdf/pdf-atomizer.ts';
import { rtfAtomizer } from './rtf/rtf-atomizer.ts';
import { subtitlesAtomizer } from './subtitles/subtitles-atomizer.ts';
import { markdownAtomizer } from './text/markdown-atomizer.ts';
import { plainTextAtomizer } from './text/plain-text-atomizer.ts';
import { svgAtomizer } from './xml/svg-atomizer.ts';
import { xmlAtomizer } from './xml/xml-atomizer.ts';

/** Options of {@link createDefaultRegistry}. */
export interface DefaultRegistryOptions {
  /** Recognises text in pictures and scanned PDFs. Without it, pictures are kept as bytes and pages without text are noted. */
  readonly ocr?: OcrProvider;
}

/** A registry of all atomizers of this package; content-defined chunks take what fits none. */
export function createDefaultRegistry({ ocr }: DefaultRegistryOptions = {}): AtomizerRegistry {
  return new AtomizerRegistry(
    [
      // Only with a provider: otherwise pictures ingested as bytes would count as another reading.
      ...(ocr === undefined ? [] : [pictureAtomizer]),
      pdfAtomizer,
      docxAtomizer,
      xlsxAtomizer,
      pptxAtomizer,
      odfAtomizer,
      epubAtomizer,
      rtfAtomizer,
      mailboxAtomizer,
      mailAtomizer,
      msgAtomizer,
      compoundFileAtomizer,
      gzipAtomizer,
      xzAtomizer,
      bzip2Atomizer,
      zstdAtomizer,
      tarAtomizer,
      zipAtomizer,
      htmlAtomizer,
      svgAtomizer,
      xmlAtomizer,
      notebookAtomizer,
      subtitlesAtomizer,
      jsonAtomizer,
      ndjsonAtomizer,
      csvAtomizer,
      markdownAtomizer,
      sourceCodeAtomizer,
      plainTextAtomizer,
    ],
    chunkAtomizer,
    ocr,
  );
}

import { compoundFileAtomizer } from './archives/compound-file-atomizer.ts';
import { gzipAtomizer } from './archives/gzip-atomizer.ts';
import { tarAtomizer } from './archives/tar-atomizer.ts';
import { zipAtomizer } from './archives/zip-atomizer.ts';
import { AtomizerRegistry } from './atomizer-registry.ts';
import { chunkAtomizer } from './chunks/chunk-atomizer.ts';
import { sourceCodeAtomizer } from './code/source-code-atomizer.ts';
import { csvAtomizer } from './csv/csv-atomizer.ts';
import { docxAtomizer } from './docx/docx-atomizer.ts';
import { htmlAtomizer } from './html/html-atomizer.ts';
import { jsonAtomizer } from './json/json-atomizer.ts';
import { ndjsonAtomizer } from './json/ndjson-atomizer.ts';
import { pdfAtomizer } from './pdf/pdf-atomizer.ts';
import { markdownAtomizer } from './text/markdown-atomizer.ts';
import { plainTextAtomizer } from './text/plain-text-atomizer.ts';

/** A registry of all atomizers of this package; content-defined chunks take what fits none. */
export function createDefaultRegistry(): AtomizerRegistry {
  return new AtomizerRegistry(
    [
      pdfAtomizer,
      docxAtomizer,
      compoundFileAtomizer,
      gzipAtomizer,
      tarAtomizer,
      zipAtomizer,
      htmlAtomizer,
      jsonAtomizer,
      ndjsonAtomizer,
      csvAtomizer,
      markdownAtomizer,
      sourceCodeAtomizer,
      plainTextAtomizer,
    ],
    chunkAtomizer,
  );
}

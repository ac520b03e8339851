export { bzip2Atomizer } from './archives/bzip2-atomizer.ts';
export { compoundFileAtomizer } from './archives/compound-file-atomizer.ts';
export { gzipAtomizer } from './archives/gzip-atomizer.ts';
export { tarAtomizer } from './archives/tar-atomizer.ts';
export { xzAtomizer } from './archives/xz-atomizer.ts';
export { zipAtomizer } from './archives/zip-atomizer.ts';
export { zstdAtomizer } from './archives/zstd-atomizer.ts';
export {
  type AtomDraft,
  type Atomizer,
  type AtomizerChoice,
  type AtomizerContext,
  type AtomizerSource,
  type ChosenAtomizer,
  headBytes,
} from './atomizer.ts';
export { type AtomizedFile, type AtomizeOptions, AtomizerRegistry } from './atomizer-registry.ts';
export { chunkAtomizer } from './chunks/chunk-atomizer.ts';
export { type ChunkSizes, ContentDefinedChunker } from './chunks/content-defined-chunker.ts';
export { sourceCodeAtomizer } from './code/source-code-atomizer.ts';
export { csvAtomizer } from './csv/csv-atomizer.ts';
export { csvRowValues } from './csv/csv-row-values.ts';
export { createDefaultRegistry, type DefaultRegistryOptions } from './default-registry.ts';
export { docxAtomizer } from './docx/docx-atomizer.ts';
export { type DraftFields, DraftSequence } from './draft-sequence.ts';
export { epubAtomizer } from './epub/epub-atomizer.ts';
export {
  ArchiveBombError,
  type ArchiveLimit,
  ArchiveMemberError,
  ArchivePathError,
  AtomizerError,
  type AtomizerErrorCode,
  EncodingInvalidError,
  FileBrokenError,
  FileEncryptedError,
  FileTooLargeError,
  InvalidLimitsError,
  MemoryExceededError,
  NestingTooDeepError,
  TemporaryFileError,
  TimeExceededError,
  TooManyAtomsError,
  ValueTooLargeError,
  XmlDoctypeError,
} from './errors.ts';
export { ExpansionBudget } from './expansion-budget.ts';
export { fileExtension } from './file-extension.ts';
export { type DraftsOfPiece, FlattenedDrafts } from './flattened-drafts.ts';
export { htmlAtomizer } from './html/html-atomizer.ts';
export { jsonAtomizer } from './json/json-atomizer.ts';
export { ndjsonAtomizer } from './json/ndjson-atomizer.ts';
export { mailAtomizer } from './mail/mail-atomizer.ts';
export { mailboxAtomizer } from './mail/mailbox-atomizer.ts';
export { notebookAtomizer } from './notebook/notebook-atomizer.ts';
export {
  type AtomizerNote,
  type AtomizerNoteCode,
  type FileReading,
  NoteCollector,
  type TableReading,
} from './notes.ts';
export { OcrError, type OcrParagraph, type OcrProvider } from './ocr/ocr-provider.ts';
export { OcrReading, type OcrReadingOptions } from './ocr/ocr-reading.ts';
export { pictureAtomizer } from './ocr/picture-atomizer.ts';
export { TesseractOcr, type TesseractOptions } from './ocr/tesseract-ocr.ts';
export { odfAtomizer } from './office/odf-atomizer.ts';
export { pptxAtomizer } from './office/pptx-atomizer.ts';
export { xlsxAtomizer } from './office/xlsx-atomizer.ts';
export { type AtomizerLimitOptions, type AtomizerLimits, atomizerLimitsSchema, parseLimits } from './options.ts';
export { pdfAtomizer } from './pdf/pdf-atomizer.ts';
export { rtfAtomizer } from './rtf/rtf-atomizer.ts';
export { bytesSource, readBlocks, readHead } from './source-reading.ts';
export { subtitlesAtomizer } from './subtitles/subtitles-atomizer.ts';
export { decodeText, textOfHead } from './text/decode-text.ts';
export { type Line, LineSplitter } from './text/line-splitter.ts';
export { markdownAtomizer } from './text/markdown-atomizer.ts';
export { paragraphNode } from './text/paragraph.ts';
export { plainTextAtomizer } from './text/plain-text-atomizer.ts';
export { type TextNode, textDrafts } from './text/text-node.ts';
export type { TextReading } from './text/text-reading.ts';
export type { ThreadReading } from './threads/reader-thread.ts';
export { ReaderThreads } from './threads/reader-threads.ts';
export { atomizersVersion } from './version.ts';
export { svgAtomizer } from './xml/svg-atomizer.ts';
export { xmlAtomizer } from './xml/xml-atomizer.ts';

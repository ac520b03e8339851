import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { CoreProperties } from '../docx/docx-related.ts';
import { readWholeXml, readXml, type XmlHandler } from '../docx/xml-reader.ts';
import { FileEncryptedError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { documentInfo } from './document-info.ts';
import { OdfTexts } from './odf-texts.ts';
import { type OfficeArchive, openOfficeArchive } from './open-office-archive.ts';
import { SheetRows } from './sheet-rows.ts';
import { mimetypeScore } from './zip-mimetype.ts';

const format = 'OpenDocument';
const extensions = ['odt', 'ott', 'ods', 'ots', 'odp', 'otp', 'odg', 'otg', 'odf', 'odm', 'odb'];
/** Parts that have a text and aren't read. */
const unreadParts: readonly (readonly [path: RegExp, what: string])[] = [
  [/^(?:Object [^/]*\/)*Object[^/]*$/, 'an embedded object'],
  [/^database\/(?:data|script)$/, 'tables of a database'],
];
const spreadsheet = /^application\/vnd\.oasis\.opendocument\.spreadsheet/;

/** OpenDocument texts, spreadsheets and presentations: headings, paragraphs, table cells or rows; notes, headers, objects. */
export const odfAtomizer: Atomizer = {
  name: 'opendocument',
  mediaType: 'application/vnd.oasis.opendocument',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head, name) => mimetypeScore(head, name, 'application/vnd.oasis.opendocument.', extensions),
  atomize: (source, context) => new FlattenedDrafts(draftsOfParts(source, context)),
};

async function* draftsOfParts(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<DraftsOfPiece> {
  await using archive = await openOfficeArchive(source, context, format);
  const { parts, context: inner } = archive;
  await refuseEncrypted(archive);
  const isSpreadsheet = await isSpreadsheetOf(archive, source.name);
  yield properties(archive);
  yield* texts(archive, source.name, 'content.xml', isSpreadsheet, {});
  // Headers and footers belong to page styles.
  yield* texts(archive, source.name, 'styles.xml', false, { part: 'header-footer' });
  for (const path of parts.paths) {
    const [, object] = /^(.+)\/content\.xml$/.exec(path) ?? [];
    if (object !== undefined) yield* texts(archive, source.name, path, false, { part: object });
  }
  for (const [pattern, what] of unreadParts) {
    const found = parts.paths.filter((path) => pattern.test(path));
    if (found[0] !== undefined) inner.notes.add('PARTS_NOT_READ', `${found[0]}: ${what}`, found.length);
  }
}

/** The drafts of a part, for each of its pieces. */
async function* texts(
  { parts, drafts, context }: OfficeArchive,
  file: string,
  path: string,
  isSpreadsheet: boolean,
  place: Readonly<Record<string, string>>,
): AsyncGenerator<Iterable<AtomDraft>> {
  const bytes = path === 'content.xml' ? parts.requiredPart(path) : parts.part(path);
  if (bytes === undefined) return;
  const { maxBlockLength, maxValueBytes } = context.limits;
  const reader = new OdfTexts({ isSpreadsheet, maxLength: maxBlockLength, maxValueBytes });
  let rows: SheetRows | undefined;
  let sheet: string | undefined;
  const draftsOf = function* (pieces: ReturnType<OdfTexts['take']>): Generator<AtomDraft> {
    for (const piece of pieces) {
      if (piece.kind === 'sheet') {
        if (rows !== undefined) yield* rows.end();
        rows = undefined;
        sheet = piece.name;
      } else if (piece.kind === 'row') {
        if (sheet === undefined) continue;
        // Only now: there may be millions of tables without a row.
        rows ??= new SheetRows({ drafts, notes: context.notes, file, sheet, maxRowBytes: maxValueBytes });
        yield* rows.push(piece.number, piece.cells);
      } else yield* textDrafts(drafts, paragraphNode(piece.text, null, { ...place, ...piece.metadata }, piece.kind));
    }
  };
  for await (const _ of readXml(bytes, path, reader, context, format)) yield draftsOf(reader.take());
  if (rows !== undefined) yield rows.end();
}

async function* properties({ parts, drafts, context }: OfficeArchive): AsyncGenerator<AtomDraft> {
  const bytes = parts.part('meta.xml');
  if (bytes === undefined) return;
  const core = new CoreProperties();
  await readWholeXml(bytes, 'meta.xml', core, context, format);
  yield* documentInfo(drafts, core.properties);
}

async function isSpreadsheetOf({ parts }: OfficeArchive, name: string): Promise<boolean> {
  const pieces: Uint8Array[] = [];
  for await (const piece of parts.part('mimetype') ?? []) pieces.push(piece);
  const type = Buffer.concat(pieces).subarray(0, 256).toString('latin1');
  return type === '' ? ['ods', 'ots'].includes(fileExtension(name)) : spreadsheet.test(type);
}

async function refuseEncrypted({ parts, context }: OfficeArchive): Promise<void> {
  const path = 'META-INF/manifest.xml';
  const bytes = parts.part(path);
  if (bytes === undefined) return;
  const handler: XmlHandler = {
    open: (name) => {
      if (name === 'encryption-data') throw new FileEncryptedError(format);
    },
    close: () => undefined,
    text: () => undefined,
  };
  await readWholeXml(bytes, path, handler, context, format);
}

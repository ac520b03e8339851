import { isZip } from '../archives/zip-atomizer.ts';
import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import type { DocxPackage, Relationship } from '../docx/docx-package.ts';
import { readWholeXml, readXml, type XmlHandler } from '../docx/xml-reader.ts';
import { FileBrokenError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { mainPart, numberedParts } from './main-part.ts';
import { OfficeParts } from './office-parts.ts';
import { openOfficeArchive } from './open-office-archive.ts';
import { SheetRows } from './sheet-rows.ts';
import { CellStyles, SharedTexts, SheetReader, Workbook } from './xlsx-parts.ts';

const format = 'XLSX';
/** Texts that cells refer to are in memory while the sheets are read; the rest of 400 MB is for everything else. */
const maxSharedBytes = 128 * 1024 * 1024;

/** Excel workbooks: the rows of each sheet by column name, dates as dates; then comments, drawings and charts. */
export const xlsxAtomizer: Atomizer = {
  name: 'xlsx',
  mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (!isZip(head)) return 0;
    if (['xlsx', 'xlsm', 'xltx', 'xltm'].includes(fileExtension(name))) return 0.97;
    return Buffer.from(head).includes('xl/workbook.xml') ? 0.95 : 0;
  },
  atomize: (source, context) => new FlattenedDrafts(draftsOfParts(source, context)),
};

async function* draftsOfParts(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<DraftsOfPiece> {
  await using archive = await openOfficeArchive(source, context, format);
  const { parts, drafts, context: inner } = archive;
  const main = await mainPart(parts, 'xl/workbook.xml');
  if (main === undefined || main.endsWith('.bin')) {
    if (!parts.has('xl/workbook.bin')) throw new FileBrokenError(format, 'it has no workbook');
    inner.notes.add('FORMAT_NOT_READ', `${source.name}: a binary Excel workbook`);
    return;
  }
  const related = await parts.relationships(main);
  const pathOf = (type: string): string | undefined => related.find((each) => each.type === type)?.path;
  const sharedTexts = pathOf('sharedStrings') ?? 'xl/sharedStrings.xml';
  const workbook = new Workbook();
  const styles = new CellStyles();
  const texts = new SharedTexts(maxSharedBytes);
  await read(parts, main, workbook, inner);
  await read(parts, pathOf('styles') ?? 'xl/styles.xml', styles, inner);
  // In many workbooks this is the largest part.
  const shared = parts.part(sharedTexts);
  if (shared !== undefined) for await (const _ of readXml(shared, sharedTexts, texts, inner, format));
  const office = new OfficeParts({ format, parts, drafts, members: archive.members, context: inner });
  yield* office.properties();
  for (const { sheet, path } of sheetsOf(workbook, related, parts)) {
    const bytes = parts.part(path);
    if (bytes === undefined) {
      inner.notes.add('PARTS_NOT_READ', `${source.name}: the sheet ${sheet} isn't in it`);
      continue;
    }
    const { maxValueBytes } = inner.limits;
    const reader = new SheetReader({ texts, styles, is1904: workbook.is1904, sheet, maxValueBytes });
    const rows = new SheetRows({ drafts, notes: inner.notes, file: source.name, sheet, maxRowBytes: maxValueBytes });
    for await (const _ of readXml(bytes, path, reader, inner, format)) yield rows.all(reader.take());
    yield rows.end();
    if (reader.uncomputed > 0) {
      const where = `${source.name}, ${sheet}: formulas that no program has computed yet`;
      inner.notes.add('PARTS_NOT_READ', where, reader.uncomputed);
    }
    yield* office.related(path, { sheet });
  }
  if (texts.missing > 0)
    inner.notes.add('PARTS_NOT_READ', `${source.name}: texts of cells aren't in it`, texts.missing);
}

/** Sheets by name with their parts; chart sheets, which have no rows, have none of these. */
function sheetsOf(
  { sheets }: Workbook,
  related: readonly Relationship[],
  parts: DocxPackage,
): readonly { readonly sheet: string; readonly path: string }[] {
  const paths = new Map(related.map(({ id, path }) => [id, path]));
  const stated = new Map<string, string>();
  for (const { name, relationshipId } of sheets) {
    const path = paths.get(relationshipId);
    // A part that is named again has nothing more to say.
    if (path !== undefined && !stated.has(path)) stated.set(path, name);
  }
  if (stated.size > 0) return Array.from(stated, ([path, sheet]) => ({ sheet, path }));
  return numberedParts(parts, /^xl\/worksheets\/[a-z]*(\d+)\.xml$/i).map((path, index) => ({
    sheet: sheets[index]?.name ?? `Sheet${index + 1}`,
    path,
  }));
}

async function read(parts: DocxPackage, path: string, handler: XmlHandler, context: AtomizerContext): Promise<void> {
  const bytes = parts.part(path);
  if (bytes !== undefined) await readWholeXml(bytes, path, handler, context, format);
}

import { isZip } from '../archives/zip-atomizer.ts';
import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { readWholeXml, type XmlHandler } from '../docx/xml-reader.ts';
import { FileBrokenError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { mainPart, numberedParts } from './main-part.ts';
import { OfficeParts } from './office-parts.ts';
import { openOfficeArchive } from './open-office-archive.ts';

const format = 'PPTX';

/** PowerPoint presentations: the paragraphs of each slide, titles as headings, then its notes, comments, diagrams and charts; texts of layouts last. */
export const pptxAtomizer: Atomizer = {
  name: 'pptx',
  mediaType: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (!isZip(head)) return 0;
    if (['pptx', 'pptm', 'ppsx', 'ppsm', 'potx', 'potm'].includes(fileExtension(name))) return 0.97;
    return Buffer.from(head).includes('ppt/presentation.xml') ? 0.95 : 0;
  },
  atomize: (source, context) => new FlattenedDrafts(draftsOfParts(source, context)),
};

async function* draftsOfParts(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<DraftsOfPiece> {
  await using archive = await openOfficeArchive(source, context, format);
  const { parts, drafts, context: inner } = archive;
  const main = await mainPart(parts, 'ppt/presentation.xml');
  const usual = numberedParts(parts, /^ppt\/slides\/slide(\d+)\.xml$/i);
  if (main === undefined && usual.length === 0) throw new FileBrokenError(format, 'it has no presentation');
  const slides: string[] = [];
  const handler: XmlHandler = {
    open: (name, attributes) => {
      // `id` is the last of `id` and `r:id`, which are one without prefix.
      if (name === 'sldId') slides.push(attributes.id ?? '');
    },
    close: () => undefined,
    text: () => undefined,
  };
  if (main !== undefined) await readWholeXml(parts.requiredPart(main), main, handler, inner, format);
  const related = main === undefined ? [] : await parts.relationships(main);
  const targets = new Map(related.map(({ id, path }) => [id, path]));
  const stated = [...new Set(slides.flatMap((slideId) => targets.get(slideId) ?? []))];
  const office = new OfficeParts({ format, parts, drafts, members: archive.members, context: inner });
  yield* office.properties();
  const paths = stated.length > 0 ? stated : usual;
  for (const [index, path] of paths.entries()) {
    const place = { slide: index + 1 };
    if (!parts.has(path)) inner.notes.add('PARTS_NOT_READ', `${source.name}: slide ${index + 1} isn't in it`);
    yield* office.drawing(path, place);
    yield* office.related(path, place);
  }
  for (const path of paths) yield* office.layout(path);
}

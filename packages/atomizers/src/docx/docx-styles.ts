import type { AtomizerContext } from '../atomizer.ts';
import { readWholeXml } from './xml-reader.ts';

/** The heading levels of paragraph styles, by style id. Ids are in the author's language, names and levels aren't. */
export type HeadingStyles = ReadonlyMap<string, number>;

/** Reads which styles are headings. A title counts as a heading of level 1. */
export async function readHeadingStyles(
  bytes: AsyncIterable<Uint8Array>,
  part: string,
  context: AtomizerContext,
): Promise<HeadingStyles> {
  const levels = new Map<string, number>();
  let id: string | undefined;
  const handler = {
    open(name: string, attributes: Readonly<Record<string, string>>): void {
      if (name === 'style') id = attributes.styleId;
      if (id === undefined) return;
      if (name === 'outlineLvl') setLevel(levels, id, Number(attributes.val) + 1);
      if (name !== 'name') return;
      const heading = /^heading ([1-9])$/i.exec(attributes.val ?? '');
      if (heading !== null) setLevel(levels, id, Number(heading[1]));
      if (/^title$/i.test(attributes.val ?? '')) setLevel(levels, id, 1);
    },
    close(name: string): void {
      if (name === 'style') id = undefined;
    },
    text: () => undefined,
  };
  await readWholeXml(bytes, part, handler, context);
  return levels;
}

function setLevel(levels: Map<string, number>, id: string, level: number): void {
  if (level >= 1 && level <= 9) levels.set(id, level);
}

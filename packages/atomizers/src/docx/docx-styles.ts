import type { AtomizerContext } from '../atomizer.ts';
import { readWholeXml } from './xml-reader.ts';

/** The heading levels of paragraph styles, by style id. Ids are in the author's language, names and levels aren't. */
export type HeadingStyles = ReadonlyMap<string, number>;

/** Level of a style that is text, whatever the style is that it's based on. */
const textLevel = 10;

/** Reads which styles are headings, also by the styles that they are based on. A title counts as a heading of level 1. */
export async function readHeadingStyles(
  bytes: AsyncIterable<Uint8Array>,
  part: string,
  context: AtomizerContext,
): Promise<HeadingStyles> {
  const levels = new Map<string, number>();
  const bases = new Map<string, string>();
  let id: string | undefined;
  const handler = {
    open(name: string, { styleId, val = '' }: Readonly<Record<string, string>>): void {
      if (name === 'style') id = styleId;
      if (id === undefined) return;
      if (name === 'basedOn') bases.set(id, val);
      if (name === 'outlineLvl') levels.set(id, Number(val) + 1);
      if (name !== 'name') return;
      const heading = /^heading ([1-9])$/i.exec(val);
      if (heading !== null) levels.set(id, Number(heading[1]));
      if (/^title$/i.test(val)) levels.set(id, 1);
    },
    close(name: string): void {
      if (name === 'style') id = undefined;
    },
    text: () => undefined,
  };
  await readWholeXml(bytes, part, handler, context);
  for (const style of bases.keys()) inherit(style, levels, bases);
  return new Map([...levels].filter(([, level]) => level >= 1 && level < textLevel));
}

/** Gives a style, and those between, the level of the style that it's based on in the end. */
function inherit(style: string, levels: Map<string, number>, bases: ReadonlyMap<string, string>): void {
  const chain = new Set<string>();
  let base: string | undefined = style;
  while (base !== undefined && !levels.has(base) && !chain.has(base)) {
    chain.add(base);
    base = bases.get(base);
  }
  const level = (base === undefined ? undefined : levels.get(base)) ?? textLevel;
  for (const each of chain) levels.set(each, level);
}

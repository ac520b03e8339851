import type { AtomizerContext } from '../atomizer.ts';
import { decodeText } from '../text/decode-text.ts';
import { XmlElements } from '../xml/xml-elements.ts';

/** Elements of VML that hold what is shown; the others are places, macros and formats. */
const shown: ReadonlySet<string> = new Set(['textbox', 'div', 'span', 'p', 'font', 'b', 'i', 'u', 's']);

/** The texts of VML's shapes. It's read as tolerantly as Excel writes it: line breaks in it have no end. */
export async function* vmlTexts(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  { limits, signal }: Pick<AtomizerContext, 'limits' | 'signal'>,
): AsyncGenerator<readonly string[]> {
  const elements = new XmlElements(limits, shown);
  const source = { name: path, size: null, open: () => bytes, text: { encoding: 'utf-8', mode: 'lenient' } as const };
  for await (const piece of decodeText(source, signal)) yield elements.push(piece).map(({ text }) => text);
  yield elements.end().map(({ text }) => text);
}

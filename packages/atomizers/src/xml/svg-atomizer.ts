import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { fileExtension } from '../file-extension.ts';
import { textOfHead } from '../text/decode-text.ts';
import { xmlDrafts } from './xml-atomizer.ts';

/** Elements of SVG whose text is seen or read out; those of HTML stand in `foreignObject`. */
const shown: ReadonlySet<string> = new Set(
  'text tspan textPath title desc flowPara flowSpan flowRoot p div span td th li h1 h2 h3 h4 h5 h6 b i em strong a'.split(
    ' ',
  ),
);

/** SVG: the texts of the picture, its title and descriptions. */
export const svgAtomizer: Atomizer = {
  name: 'svg',
  mediaType: 'image/svg+xml',
  input: 'text',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    const text = textOfHead(head);
    if (text === null) return 0;
    if (fileExtension(name) === 'svg') return 0.78;
    return /^\ufeff?\s*(?:<\?xml[^>]*>\s*|<!--[^>]*-->\s*|<!DOCTYPE svg[^>]*>\s*){0,4}<svg[\s>]/.test(text) ? 0.77 : 0;
  },
  atomize: (source: AtomizerSource, context: AtomizerContext) => xmlDrafts(source, context, shown),
};

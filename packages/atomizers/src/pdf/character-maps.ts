import { readFile } from 'node:fs/promises';

/** In the sources they are where pdf.js has them; the build copies them beside itself, so that nothing else of it is installed. */
const folder = import.meta.url.endsWith('.ts')
  ? new URL('cmaps/', import.meta.resolve('pdfjs-dist/package.json'))
  : new URL('./cmaps/', import.meta.url);

/**
 * Hands pdf.js Adobe's predefined character maps, which fonts in Chinese, Japanese and Korean name instead of bringing their
 * own; pdf.js makes one of these itself. Fonts, which only drawing needs, there are none.
 */
export class CharacterMaps {
  async fetch({ kind, filename }: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> {
    if (kind !== 'cMapUrl' || !/^[\w-]+\.bcmap$/.test(filename)) throw new Error(`There is no ${filename} here.`);
    return new Uint8Array(await readFile(new URL(filename, folder)));
  }
}

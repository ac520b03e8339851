import { readFile } from 'node:fs/promises';

/**
 * Hands pdf.js Adobe's predefined character maps, which fonts in Chinese, Japanese and Korean name instead of bringing their
 * own; pdf.js makes one of these itself. Fonts, which only drawing needs, there are none.
 */
export class CharacterMaps {
  async fetch({ kind, filename }: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> {
    if (kind !== 'cMapUrl' || !/^[\w-]+\.bcmap$/.test(filename)) throw new Error(`There is no ${filename} here.`);
    const folder = new URL('cmaps/', import.meta.resolve('pdfjs-dist/package.json'));
    return new Uint8Array(await readFile(new URL(filename, folder)));
  }
}

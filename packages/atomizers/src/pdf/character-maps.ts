import { readFile } from 'node:fs/promises';

/** In the sources they are where pdf.js has them; the build copies them beside itself, so that nothing else of it is installed. */
const folder = import.meta.url.endsWith('.ts')
  ? new URL('cmaps/', import.meta.resolve('pdfjs-dist/package.json'))
  : new URL('./cmaps/', import.meta.url);

/** The collection of characters that an encoding is of (PDF 32000, table 118). */
const collections: readonly (readonly [pattern: RegExp, collection: string])[] = [
  [/^(?:UniGB|GB)/, 'Adobe-GB1'],
  [/^(?:UniCNS|B5|HK|ETen|ETHK|CNS)/, 'Adobe-CNS1'],
  [/^(?:UniKS|KSC)/, 'Adobe-Korea1'],
  [/^(?!Adobe-|Identity)/, 'Adobe-Japan1'],
];

/**
 * Hands pdf.js Adobe's predefined character maps, which fonts in Chinese, Japanese and Korean name instead of bringing their
 * own; pdf.js makes one of these itself. Fonts, which only drawing needs, there are none.
 */
export class CharacterMaps {
  readonly #known = new Set<string>();

  async fetch({ kind, filename }: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> {
    if (kind !== 'cMapUrl' || !/^[\w-]+\.bcmap$/.test(filename)) throw new Error(`There is no ${filename} here.`);
    return new Uint8Array(await readFile(new URL(this.#meant(filename), folder)));
  }

  /**
   * A font that is encoded by the characters of one collection and says to be of another one, as ReportLab's MSung-Light does, would be
   * read as other characters: the encoding is right.
   */
  #meant(filename: string): string {
    const [, encoding] = collections.find(([pattern]) => pattern.test(filename)) ?? [];
    if (encoding !== undefined) this.#known.add(encoding);
    const [, stated] = /^(Adobe-\w+)-UCS2\.bcmap$/.exec(filename) ?? [];
    const [only] = this.#known;
    if (stated === undefined || only === undefined || this.#known.size > 1 || stated === only) return filename;
    return `${only}-UCS2.bcmap`;
  }
}

import type { AtomizerContext } from '../atomizer.ts';
import type { DocxPackage } from '../docx/docx-package.ts';
import { readXml, type XmlAttributes, type XmlHandler } from '../docx/xml-reader.ts';
import { DrawingTexts } from './drawing-texts.ts';
import { cellNumber, numberKind } from './spreadsheet-number.ts';

const maxValueLength = 4096;
/** No number of a format that a file defines: its code says everything. */
const ownFormat = -1;
/** Elements whose values are names: series, categories in one or several levels, and those that are written out. */
const namePlaces = new Set(['strCache', 'multiLvlStrCache', 'strLit', 'tx', 'txData', 'cat']);

/** The words of a chart: titles, axes, and the names of series and categories. */
class ChartTexts implements XmlHandler {
  #element = '';
  #names = 0;
  /** Depth of categories, which may be numbers: years. */
  #categories = 0;
  /** Depth of the texts of newer charts (`cx:strDim`), which have their values in the points themselves. */
  #points = 0;
  #format = '';
  #text = '';
  #ready: string[] = [];

  open(name: string, attributes: XmlAttributes): void {
    if (namePlaces.has(name)) this.#names += 1;
    if (name === 'cat') this.#categories += 1;
    else if (name === 'strDim') this.#points += 1;
    else if (name === 'numCache' || name === 'numLit') this.#format = '';
    else if (name === 'formatCode') this.#format = '';
    else if (name === 'pt' && attributes.formatCode !== undefined) this.#format = attributes.formatCode;
    this.#element = name;
  }

  close(name: string): void {
    this.#element = '';
    // A run of rich text ends with its paragraph, a name with its value.
    if (name === 'p' || (name === 'v' && this.#names > 0) || (name === 'pt' && this.#points > 0)) this.#flush();
    if (namePlaces.has(name)) this.#names -= 1;
    if (name === 'cat') this.#categories -= 1;
    else if (name === 'strDim') this.#points -= 1;
  }

  text(text: string): void {
    if (this.#element === 'formatCode') this.#format = `${this.#format}${text}`.slice(0, maxValueLength);
    if (!this.#isShown()) return;
    this.#text += text;
    if (this.#text.length > maxValueLength) this.#flush();
  }

  /** The texts that have come to their end. */
  take(): readonly string[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #isShown(): boolean {
    if (this.#element === 'v') return this.#names > 0;
    return this.#element === 't' || (this.#element === 'pt' && this.#points > 0);
  }

  #flush(): void {
    const isDate = this.#categories > 0 && this.#format !== '' && /^[\d.]+$/.test(this.#text);
    const text = isDate ? cellNumber(this.#text, numberKind(ownFormat, this.#format), false) : this.#text;
    this.#text = '';
    if (text.trim() !== '') this.#ready.push(text.toWellFormed());
  }
}

/** The words of a chart and of what is drawn on it, for each piece of its parts. */
export async function* chartTexts(
  parts: DocxPackage,
  path: string,
  context: AtomizerContext,
  format: string,
): AsyncGenerator<readonly string[]> {
  const bytes = parts.part(path);
  if (bytes === undefined) return;
  const chart = new ChartTexts();
  for await (const _ of readXml(bytes, path, chart, context, format)) yield chart.take();
  for (const { type, path: drawn } of await parts.relationships(path)) {
    const drawing = type === 'chartUserShapes' ? parts.part(drawn) : undefined;
    if (drawing === undefined) continue;
    const texts = new DrawingTexts({ maxLength: context.limits.maxBlockLength });
    for await (const _ of readXml(drawing, drawn, texts, context, format)) yield texts.take().map(({ text }) => text);
  }
}

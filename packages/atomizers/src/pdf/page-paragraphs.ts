/** A run of text on a page, as pdf.js gives it. */
export interface PageItem {
  readonly str: string;
  /** Position and size: the fifth and sixth are the start of the base line, from the left and from below. */
  readonly transform: readonly number[];
  readonly height: number;
  readonly hasEOL: boolean;
}

interface PageLine {
  readonly text: string;
  readonly y: number;
  readonly height: number;
}

/** Lines farther apart than this many line heights are in different paragraphs. */
const paragraphGap = 1.7;
/** A line this much higher or lower than the one before it is a heading, or follows one. */
const heightChange = 1.2;

/** The paragraphs of a page, by how far its lines are from each other. Lines end with line feeds. */
export function pageParagraphs(items: readonly PageItem[]): readonly string[] {
  const paragraphs: string[] = [];
  let lines: string[] = [];
  let previous: PageLine | undefined;
  for (const line of pageLines(items)) {
    if (previous !== undefined && isApart(previous, line) && lines.length > 0) {
      paragraphs.push(lines.join(''));
      lines = [];
    }
    lines.push(`${line.text}\n`);
    previous = line;
  }
  if (lines.length > 0) paragraphs.push(lines.join(''));
  return paragraphs;
}

function isApart(above: PageLine, below: PageLine): boolean {
  const height = Math.max(above.height, below.height);
  const distance = above.y - below.y;
  const ratio = above.height > 0 && below.height > 0 ? height / Math.min(above.height, below.height) : 1;
  // A line that isn't below the one before it starts a column.
  return distance > paragraphGap * height || distance < 0 || ratio > heightChange;
}

function* pageLines(items: readonly PageItem[]): Generator<PageLine> {
  let text = '';
  let y: number | undefined;
  let height = 0;
  for (const item of items) {
    text += item.str;
    if (item.str.trim() !== '') {
      y ??= item.transform[5] ?? 0;
      height = Math.max(height, item.height);
    }
    if (!item.hasEOL) continue;
    if (text.trim() !== '') yield { text: text.trimEnd(), y: y ?? 0, height };
    text = '';
    y = undefined;
    height = 0;
  }
  if (text.trim() !== '') yield { text: text.trimEnd(), y: y ?? 0, height };
}

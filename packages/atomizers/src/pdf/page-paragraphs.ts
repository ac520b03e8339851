/** A run of text on a page, as pdf.js gives it. */
export interface PageItem {
  readonly str: string;
  /** Position and size: the fifth and sixth are the start of the base line, from the left and from below. */
  readonly transform: readonly number[];
  readonly height: number;
  readonly width: number;
  readonly dir: string;
  readonly hasEOL: boolean;
}

interface PageLine {
  readonly text: string;
  readonly y: number;
  readonly height: number;
}

/** Lines farther apart than this many line heights are in different paragraphs, unless that is how the page is set. */
const paragraphGap = 1.7;
/** Double spacing in the fonts that have most: farther isn't within a paragraph. */
const maxLineGap = 2.6;
/** How much farther than usual on the page the next paragraph is. */
const moreThanUsual = 1.25;
/** Letters set apart, with the blanks between them, from which on they are words. */
const minTracked = 9;
/** Places of the same words on a page that are kept. */
const maxPlaces = 64;
/** A line this much higher or lower than the one before it is a heading, or follows one. */
const heightChange = 1.2;

/** The paragraphs of a page, by how far its lines are from each other. Lines end with line feeds. */
export function pageParagraphs(items: readonly PageItem[]): readonly string[] {
  const paragraphs: string[] = [];
  let lines: string[] = [];
  let previous: PageLine | undefined;
  const all = [...pageLines(items)];
  const gap = Math.max(paragraphGap, usualGap(all) * moreThanUsual);
  for (const line of all) {
    if (previous !== undefined && isApart(previous, line, gap) && lines.length > 0) {
      paragraphs.push(lines.join(''));
      lines = [];
    }
    lines.push(`${line.text}\n`);
    previous = line;
  }
  if (lines.length > 0) paragraphs.push(lines.join(''));
  return paragraphs;
}

/** The distance, in line heights, that most lines of a page are from each other; 0 where no two agree. */
function usualGap(lines: readonly PageLine[]): number {
  const counts = new Map<number, number>();
  for (const [index, below] of lines.entries()) {
    const above = lines[index - 1];
    if (above === undefined || above.height === 0) continue;
    const gap = (above.y - below.y) / Math.max(above.height, below.height);
    if (gap <= 0 || gap > maxLineGap) continue;
    // Each counts for two classes, so that equal ones aren't parted by where a class ends.
    for (const key of [Math.floor(gap * 10), Math.ceil(gap * 10)]) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [usual] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return usual === undefined || usual[1] < 2 ? 0 : usual[0] / 10;
}

function isApart(above: PageLine, below: PageLine, gap: number): boolean {
  const height = Math.max(above.height, below.height);
  const distance = above.y - below.y;
  const ratio = above.height > 0 && below.height > 0 ? height / Math.min(above.height, below.height) : 1;
  // A line that isn't below the one before it starts a column.
  return distance > gap * height || distance < 0 || ratio > heightChange;
}

function* pageLines(items: readonly PageItem[]): Generator<PageLine> {
  const drawn = new DrawnTexts();
  let text: string[] = [];
  let y: number | undefined;
  let height = 0;
  let previous: PageItem | undefined;
  for (const item of items) {
    const isBlank = item.str.trim() === '';
    const isRepeated = !isBlank && drawn.hasBefore(item);
    const place = isBlank || isRepeated ? undefined : placeBehind(previous, item);
    if (place === 'other-line') {
      yield* pageLine(text, y, height);
      text = [];
      y = undefined;
      height = 0;
    } else if (place === 'apart') text.push(' ');
    if (!isRepeated) text.push(item.str);
    if (!isBlank) {
      y ??= heightOnPage(item.transform);
      height = Math.max(height, item.height);
    }
    if (!isRepeated) previous = item;
    if (!item.hasEOL) continue;
    yield* pageLine(text, y, height);
    text = [];
    y = undefined;
    height = 0;
    previous = undefined;
  }
  yield* pageLine(text, y, height);
}

/**
 * The position of a run relative to the one before it, where pdf.js doesn't report that: it starts over in each form XObject on the page, such
 * as a stamp, a letterhead or a chart.
 */
function placeBehind(previous: PageItem | undefined, item: PageItem): 'other-line' | 'apart' | undefined {
  if (previous === undefined || previous.str.trim() === '' || item.dir !== 'ltr' || previous.dir !== 'ltr')
    return undefined;
  const height = Math.max(previous.height, item.height);
  if (height === 0) return undefined;
  const [a = 1, b = 0] = item.transform;
  const [otherA = 1, otherB = 0] = previous.transform;
  if (Math.sign(a) !== Math.sign(otherA) || Math.sign(b) !== Math.sign(otherB)) return 'other-line';
  if (Math.abs(heightOnPage(previous.transform) - heightOnPage(item.transform)) > height) return 'other-line';
  const distance = alongLine(item.transform) - alongLine(previous.transform) - previous.width;
  return Math.abs(distance) > height && alongLine(item.transform) !== alongLine(previous.transform)
    ? 'apart'
    : undefined;
}

function* pageLine(runs: readonly string[], y = 0, height = 0): Generator<PageLine> {
  const text = withoutTracking(runs).trimEnd();
  if (text !== '') yield { text, y, height };
}

/** How far from each other, in heights of the line, the same words are drawn twice to look bold, or as their own shadow. */
const shadowDistance = 0.15;

/** What has been drawn on a page, and where. */
class DrawnTexts {
  readonly #places = new Map<string, (readonly number[])[]>();

  /** Whether the same words were drawn in the same place already. */
  hasBefore({ str, transform, height }: PageItem): boolean {
    const places = this.#places.get(str);
    if (places === undefined) {
      this.#places.set(str, [transform]);
      return false;
    }
    const [, , , , x = 0, y = 0] = transform;
    const most = shadowDistance * height;
    const isThere = places.some(([, , , , otherX = 0, otherY = 0]) => Math.hypot(x - otherX, y - otherY) <= most);
    // Of something that is everywhere the last places are enough.
    if (!isThere) {
      places.push(transform);
      if (places.length > maxPlaces) places.shift();
    }
    return isThere;
  }
}

/** How far up a line is in the direction that it is read in, so that turned text has lines below each other too. */
function heightOnPage([a = 1, b = 0, , , x = 0, y = 0]: readonly number[]): number {
  const length = Math.hypot(a, b) || 1;
  return (y * a - x * b) / length;
}

/** Where on its line a run begins. */
function alongLine([a = 1, b = 0, , , x = 0, y = 0]: readonly number[]): number {
  const length = Math.hypot(a, b) || 1;
  return (x * a + y * b) / length;
}

/**
 * A line whose letters are all set apart, as headings are for emphasis, is words; what is between these is a run of its own. Numbers
 * that are apart are numbers.
 */
function withoutTracking(runs: readonly string[]): string {
  const words = runs.filter((run) => run.trim() !== '');
  const isTracked = words.join('').length >= minTracked && words.every((run) => /^\S(?: \S)*$/u.test(run));
  return runs.map((run) => (isTracked && /\p{L}/u.test(run) ? run.replaceAll(' ', '') : run)).join('');
}

/** How many letters a reader finds in a document, and how many of them another one doesn't. */
export interface LetterComparison {
  readonly letters: number;
  /** Of the letters, each as often as the reader has it and the other text doesn't, wherever they stand. */
  readonly missing: number;
  /** Of the letters, those of which no run of six is in the other text, each as often as it is there. */
  readonly outOfOrder: number;
}

/** Long enough that words of another place rarely stand for it, short enough for most headings and cells of tables. */
const runLength = 6;

/**
 * Compares texts by their letters alone: white space, signs and digits depend on a reader's layout, and Unicode has some letters in several
 * forms.
 */
export function compareLetters(found: string, ours: string): LetterComparison {
  const wanted = lettersOf(found);
  const given = lettersOf(ours);
  const counts = new Map<string, number>();
  for (const letter of given) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let missing = 0;
  for (const letter of wanted) if (!takeOne(counts, letter)) missing += 1;
  return { letters: wanted.length, missing, outOfOrder: outsideRuns(wanted, given) };
}

function outsideRuns(wanted: readonly string[], given: readonly string[]): number {
  const runs = new Map<string, number>();
  for (const run of runsOf(given)) runs.set(run, (runs.get(run) ?? 0) + 1);
  let covered = 0;
  let outside = 0;
  let at = 0;
  for (const run of runsOf(wanted)) {
    if (takeOne(runs, run)) covered = at + Math.min(runLength, wanted.length);
    if (at >= covered) outside += 1;
    at += 1;
  }
  return outside + Math.max(0, wanted.length - Math.max(at, covered));
}

function* runsOf(letters: readonly string[]): Generator<string> {
  for (let at = 0; at === 0 || at + runLength <= letters.length; at++) yield letters.slice(at, at + runLength).join('');
}

function takeOne(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}

/** Letters with the marks that belong to them, each in one form: ligatures, wide and presentation forms are the letters that they stand for. */
function lettersOf(text: string): readonly string[] {
  return text.normalize('NFKC').match(/[\p{L}\p{M}]/gu) ?? [];
}

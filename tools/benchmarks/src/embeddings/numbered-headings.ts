/** A heading that was taken out of a document. */
export interface Heading {
  /** What stands in its place. */
  readonly number: number;
  readonly text: string;
}

/**
 * Puts numbers in the place of a Markdown document's headings, so that a section is found by what it says and not by its own heading.
 *
 * @param first number of the first one
 */
export function numberHeadings(
  markdown: string,
  first: number,
): { readonly text: string; readonly headings: readonly Heading[] } {
  const headings: Heading[] = [];
  let isCode = false;
  const lines = markdown.split('\n').map((line) => {
    if (/^(```|~~~)/.test(line)) isCode = !isCode;
    const [, marks, text] = (isCode ? null : /^(#{1,6}) (.*)$/.exec(line)) ?? [];
    if (marks === undefined || text === undefined) return line;
    const number = first + headings.length;
    headings.push({ number, text });
    return `${marks} ${number}`;
  });
  return { text: lines.join('\n'), headings };
}

/** The number of a section's heading; `undefined` for a text that has none. */
export function headingNumberOf(section: string): number | undefined {
  const [, number] = /^#{1,6} (\d+)\s/.exec(`${section}\n`) ?? [];
  return number === undefined ? undefined : Number(number);
}

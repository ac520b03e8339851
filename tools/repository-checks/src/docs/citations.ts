/** A place where a text cites the runbook or a decision. */
export interface Citation {
  readonly page: string;
  readonly line: number;
  /** `R4` or `decision 004`, as pages define them. */
  readonly cited: string;
}

const patterns: readonly { readonly pattern: RegExp; readonly named: (number: string) => string }[] = [
  { pattern: /\bR(\d{1,2})\b/g, named: (number) => `R${number}` },
  { pattern: /\bdecisions? (\d{3})\b/g, named: (number) => `decision ${number}` },
];

/**
 * Where a text cites a section of the runbook (`R4`) or a decision (`decision 004`).
 *
 * @param page its name, for messages
 */
export function citations(page: string, text: string): readonly Citation[] {
  return text
    .split('\n')
    .flatMap((content, index) =>
      patterns.flatMap(({ pattern, named }) =>
        Array.from(content.matchAll(pattern), ([, number = '']) => ({ page, line: index + 1, cited: named(number) })),
      ),
    );
}

/** The sections of the runbook that can be cited: those with an anchor of their own and the heading behind it. */
export function runbookSections(runbook: string): readonly string[] {
  return Array.from(runbook.matchAll(/^<a id="r(\d+)"><\/a>\n\n## R\1 /gm), ([, number = '']) => `R${number}`);
}

import { refusedWordings } from './word-list.ts';

/** A place with a wording of the list. */
export interface WordingProblem {
  readonly file: string;
  /** Where it begins. */
  readonly line: number;
  /** As it stands there. */
  readonly wording: string;
  readonly instead: string;
}

/** The end of a line, and what the next one of a comment, a list or a quotation begins with. */
const lineBreak = /[ \t]*\n[ \t]*(?:\*(?!\/)|\/\/|--|#|>|-)?[ \t]*/g;

/** A line break may stand for any blank of a wording. */
const wordings = refusedWordings.map(({ pattern, instead }) => ({
  pattern: new RegExp(pattern.source.replaceAll(' ', '[ \\n]'), 'gm'),
  instead,
}));

/**
 * Wordings of the list in a text: in its prose as in its code, since none of them is a name. A line break may part them.
 *
 * @param file its name, for messages
 */
export function wordingProblems(file: string, text: string): readonly WordingProblem[] {
  // As many lines as before, each without what makes it part of a comment.
  const prose = text.replaceAll(lineBreak, '\n');
  return wordings.flatMap(({ pattern, instead }) =>
    Array.from(prose.matchAll(pattern), ({ index, 0: found }) => {
      const wording = found.trimStart();
      const line = prose.slice(0, index + found.length - wording.length).split('\n').length;
      return { file, line, wording: wording.trimEnd().replaceAll('\n', ' '), instead };
    }),
  );
}

import { refusedWordings } from './word-list.ts';

/** A place with a wording of the list. */
export interface WordingProblem {
  readonly file: string;
  readonly line: number;
  /** As it stands there. */
  readonly wording: string;
  readonly instead: string;
}

/**
 * Wordings of the list in a text: in its prose as in its code, since none of them is a name.
 *
 * @param file its name, for messages
 */
export function wordingProblems(file: string, text: string): readonly WordingProblem[] {
  return text.split('\n').flatMap((content, index) =>
    refusedWordings.flatMap(({ pattern, instead }) => {
      const [wording] = pattern.exec(content) ?? [];
      return wording === undefined ? [] : [{ file, line: index + 1, wording: wording.trim(), instead }];
    }),
  );
}

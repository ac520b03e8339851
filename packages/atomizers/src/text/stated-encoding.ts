import type { AtomizerSource } from '../atomizer.ts';

/** The encoding that the caller states, where it may make another text of the bytes than UTF-8, which is found without. */
export function statedEncoding({ encoding }: Pick<AtomizerSource, 'encoding'>): string | undefined {
  const label = encoding?.toLowerCase();
  return label === undefined || /^utf-?8$/.test(label) ? undefined : label;
}

import type { AtomizerSource } from '../atomizer.ts';

/** The encoding that the caller states, if it can differ from UTF-8, which is detected anyway. */
export function statedEncoding({ encoding }: Pick<AtomizerSource, 'encoding'>): string | undefined {
  const label = encoding?.toLowerCase();
  return label === undefined || /^utf-?8$/.test(label) ? undefined : label;
}

import type { DocxPackage } from '../docx/docx-package.ts';

/** The path of an Open XML document's main part: as the package says, or where Office puts it. Undefined: it isn't there. */
export async function mainPart(parts: DocxPackage, usual: string): Promise<string | undefined> {
  const stated = (await parts.relationships('')).find(({ type }) => type === 'officeDocument')?.path;
  return [stated, usual].find((path) => path !== undefined && parts.has(path));
}

/**
 * Parts by their usual names, in the order of their numbers: for documents whose main part is missing or names none of them.
 *
 * @param pattern has the number as its first group
 */
export function numberedParts(parts: DocxPackage, pattern: RegExp): readonly string[] {
  const numberOf = (path: string): number => Number(pattern.exec(path)?.[1]);
  return parts.paths.filter((path) => pattern.test(path)).sort((a, b) => numberOf(a) - numberOf(b));
}

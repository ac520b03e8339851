/**
 * A condition without the parentheses around all of it: the catalog shows conditions in one pair, however many were written.
 *
 * @param text a condition that has been parsed, so its quotes and parentheses are closed
 */
export function withoutOuterParentheses(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('(') && closing(trimmed) === trimmed.length - 1
    ? withoutOuterParentheses(trimmed.slice(1, -1))
    : trimmed;
}

/** Where the parenthesis at the beginning is closed. */
function closing(text: string): number {
  let depth = 0;
  // Quoted texts and names are one match each; doubled quotes make two, which is the same here.
  for (const { 0: part, index } of text.matchAll(/'[^']*'|"[^"]*"|\[[^\]]*\]|[()]/g)) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

import { parseExpression, parsePredicate } from '../../tsql/parse.ts';
import { nameKey } from './name-key.ts';

/** Names of the columns in a tree of syntax, in key form. */
function collect(node: unknown, found: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) collect(item, found);
    return;
  }
  if ('kind' in node && node.kind === 'column' && 'parts' in node && Array.isArray(node.parts)) {
    const last: unknown = node.parts.at(-1);
    if (typeof last === 'string') found.add(nameKey(last));
  }
  for (const value of Object.values(node)) collect(value, found);
}

/** Columns that the condition of a CHECK names, in key form. */
export function columnsOfCheck(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  collect(parsePredicate(text), found);
  return found;
}

/** Columns that the expression of a computed column names, in key form. */
export function columnsOfExpression(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  collect(parseExpression(text), found);
  return found;
}

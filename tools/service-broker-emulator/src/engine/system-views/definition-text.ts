import { parseExpression, parsePredicate } from '../../tsql/parse.ts';
import { withoutOuterParentheses } from '../../tsql/without-outer-parentheses.ts';
import { expressionText, predicateText } from './expression-text.ts';

/** Texts kept rewritten. Views are read often and show few different texts; more costs memory, some 200 bytes each. */
const maximumTexts = 5_000;

/** A rewriting that remembers what it made of a text. */
function remembered(rewrite: (text: string) => string): (text: string) => string {
  const texts = new Map<string, string>();
  return (text) => {
    const found = texts.get(text);
    if (found !== undefined) return found;
    if (texts.size >= maximumTexts) texts.clear();
    const rewritten = rewrite(text);
    texts.set(text, rewritten);
    return rewritten;
  };
}

const number = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

/**
 * A default as `sys.default_constraints` shows it: rewritten, in parentheses. Tools compare these texts. What SQL Server
 * makes of some expressions isn't known: they stay as they were written.
 */
export const defaultDefinition = remembered((text) => {
  const bare = withoutOuterParentheses(text.trim());
  if (number.test(bare)) return `((${bare}))`;
  return `(${expressionText(parseExpression(bare)) ?? bare})`;
});

/** The expression of a computed column as `sys.computed_columns` shows it. */
export const computedDefinition = remembered((text) => {
  const bare = withoutOuterParentheses(text.trim());
  return `(${expressionText(parseExpression(bare)) ?? text})`;
});

/** The condition of a CHECK constraint as `sys.check_constraints` shows it. */
export const checkDefinition = remembered((text) => {
  const bare = withoutOuterParentheses(text.trim());
  return `(${predicateText(parsePredicate(bare)) ?? text})`;
});

/** The condition of a filtered index as `sys.indexes` shows it: there IN is not taken apart, and stays as it was written. */
export const filterDefinition = remembered((text) =>
  /\bin\b/i.test(text) ? `(${text})` : `(${predicateText(parsePredicate(text)) ?? text})`,
);

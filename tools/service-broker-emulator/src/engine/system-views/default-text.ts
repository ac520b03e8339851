import { withoutOuterParentheses } from '../../tsql/without-outer-parentheses.ts';

const number = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;
const call = /^([a-z_]\w*)\s*\(\s*\)$/i;

/**
 * A default as `sys.default_constraints` shows it: numbers in two pairs of parentheses, all else in one, and built-in
 * functions in lower case. Tools compare these texts. SQL Server rewrites longer expressions further, which this leaves.
 */
export function defaultDefinition(text: string): string {
  const bare = withoutOuterParentheses(text.trim());
  if (number.test(bare)) return `((${bare}))`;
  if (/^current_timestamp$/i.test(bare)) return '(getdate())';
  const [, name] = call.exec(bare) ?? [];
  return `(${name === undefined ? bare : `${name.toLowerCase()}()`})`;
}

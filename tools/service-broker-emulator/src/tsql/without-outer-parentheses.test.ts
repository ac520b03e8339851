import { expect, test } from 'vitest';
import { withoutOuterParentheses } from './without-outer-parentheses.ts';

test.each([
  ['[a] = 1', '[a] = 1'],
  ['([a] = 1)', '[a] = 1'],
  ["(( [Status] IN (N'A', N'B') ))", "[Status] IN (N'A', N'B')"],
  ['([a] = 1) AND ([b] = 2)', '([a] = 1) AND ([b] = 2)'],
  ["([a] = N') AND (')", "[a] = N') AND ('"],
  ["([a]) = N')'", "([a]) = N')'"],
  ["([a)] = N'it''s (')", "[a)] = N'it''s ('"],
])('%s', (text, expected) => {
  expect(withoutOuterParentheses(text)).toBe(expected);
});

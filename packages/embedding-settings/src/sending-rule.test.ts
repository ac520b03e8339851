import { expect, test } from 'vitest';
import { mayLeave, type SendingRule } from './sending-rule.ts';

const outside: SendingRule = { isOutside: true, unclassified: 'internal', tenants: new Set([7]) };

test.each([
  [outside, 'internal', 1, true],
  [outside, 'confidential', 1, false],
  [outside, 3, 1, false],
  [outside, 1, 1, true],
  [outside, null, 1, true],
  [{ ...outside, unclassified: 'confidential' }, null, 1, false],
  [{ ...outside, unclassified: 'confidential' }, 'public', 1, true],
  [outside, 'restricted', 7, true],
  [{ ...outside, isOutside: false }, 'restricted', 1, true],
] as const)('%j: a text of level %s of tenant %i may leave: %s', (rule, level, tenantId, expected) => {
  expect(mayLeave(level, tenantId, rule)).toBe(expected);
});

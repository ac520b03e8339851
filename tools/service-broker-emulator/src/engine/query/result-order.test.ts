import { expect, test } from 'vitest';
import { parseBatch } from '../../tsql/parse.ts';
import { resultOrder } from './result-order.ts';

/** The ORDER token: [MS-TDS] 2.2.7.17, "the data is ordered by" which columns of the result. */
test.each([
  ['SELECT a, b FROM t ORDER BY b, a DESC', [2, 1]],
  ['SELECT a, b FROM t ORDER BY t.B', [2]],
  ['SELECT a, b FROM t ORDER BY 2', [2]],
  ['SELECT a, b FROM t ORDER BY c', undefined],
  ['SELECT a, b FROM t ORDER BY a + b', undefined],
  ['SELECT a, b FROM t', undefined],
  ['SELECT a, b FROM t ORDER BY a FOR JSON PATH', undefined],
])('%s', (text, order) => {
  const [statement] = parseBatch(text).statements;
  if (statement?.kind !== 'select') throw new Error('a SELECT');
  expect(resultOrder(statement, [{ name: 'a' }, { name: 'b' }])).toEqual(order);
});

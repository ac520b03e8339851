import { expect, test } from 'vitest';
import { rateState, retryAfterMs } from './answer-headers.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const day = 86_400_000;

test.each<[Record<string, string>, number | undefined]>([
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': '1.5' }, 1_500],
  [{ 'retry-after-ms': '120', 'retry-after': '9' }, 120],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5_000],
  [{ 'retry-after': 'Thu, 01 Jan 2025 00:00:05 GMT' }, 0],
  // Of a clock that is wrong, here or there.
  [{ 'retry-after': 'Sat, 01 Jan 2050 00:00:00 GMT' }, day],
  [{ 'retry-after': '99999999999' }, day],
  [{ 'retry-after-ms': '9'.repeat(400) }, day],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after-ms': '' }, undefined],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '1e9' }, undefined],
  [{}, undefined],
])('%j', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), now)).toBe(expected);
});

test('a limit that begins anew in years begins anew tomorrow', () => {
  const headers = { 'x-ratelimit-reset-requests': '9999999h', 'x-ratelimit-reset-tokens': `${'9'.repeat(30)}` };
  expect(rateState(new Headers(headers))).toMatchObject({ resetRequestsMs: day, resetTokensMs: day });
});

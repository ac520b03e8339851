import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokenCounterFor } from './token-counter.ts';

test.each(['cl100k_base', 'wordpiece'] as const)(
  '%s: windows are small enough, and hold the whole text',
  async (tokenizer) => {
    const counter = await tokenCounterFor({ tokenizer });
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 12, max: 60 }),
        (text, maxTokens) => {
          const windows = counter.windows(text, maxTokens, 3);
          if (counter.count(text) <= maxTokens) expect(windows).toEqual([text]);
          // Half a character at a cut can become another token.
          for (const window of windows) expect(counter.count(window)).toBeLessThanOrEqual(maxTokens + 2);
          expect(windows[0] !== undefined && text.startsWith(windows[0].slice(0, 3))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  },
);

test('cl100k_base counts as the model does, and takes its own marks as text', async () => {
  const counter = await tokenCounterFor({ tokenizer: 'cl100k_base' });
  expect(counter.count('hello world')).toBe(2);
  expect(counter.count('<|endoftext|>')).toBeGreaterThan(1);
});

test('cl100k_base: long runs without white space, and of it, take no longer than other text, and nothing of them is lost', async () => {
  const counter = await tokenCounterFor({ tokenizer: 'cl100k_base' });
  const startedAt = performance.now();
  for (const run of ['a', ' ', '=', '\u65e5\u672c']) {
    const text = `before ${run.repeat(60_000)} after`;
    expect(counter.windows(text, 500, 0).join('')).toBe(text);
  }
  expect(counter.count('\ufffd'.repeat(60_000))).toBeGreaterThan(10_000);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
}, 600_000);

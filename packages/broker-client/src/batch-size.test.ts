import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchSize, type BatchSizeBounds, nextBatchSize } from './batch-size.ts';

const bounds: BatchSizeBounds = { min: 100, max: 2_000, targetMs: 1_000 };
const went = (asked: number, received: number, ms: number, hasFailed = false) => ({ asked, received, ms, hasFailed });

test.each([
  ['a full fast batch doubles', 500, went(500, 500, 100), 1_000],
  ['never past the maximum', 1_500, went(1_500, 1_500, 10), 2_000],
  ['only to what still fits the time', 500, went(500, 500, 800), 625],
  ['a full batch that just fits holds', 500, went(500, 500, 1_000), 500],
  ['one that took no time that the clock can tell doubles', 500, went(500, 500, 0), 1_000],
  ['one that was not full changes nothing', 500, went(500, 499, 1), 500],
  ['one that took too long shrinks to what fits', 1_000, went(1_000, 1_000, 1_250), 800],
  ['to a half at most', 1_000, went(1_000, 1_000, 60_000), 500],
  ['also when it was not full', 1_000, went(1_000, 900, 1_200), 750],
  ['a failed one halves', 1_000, went(1_000, 1_000, 5, true), 500],
  ['never below the minimum', 120, went(120, 3, 5, true), 100],
  ['a late answer from a smaller batch does not enlarge', 2_000, went(500, 500, 10), 2_000],
  ['a late failure of a smaller batch halves that', 2_000, went(500, 500, 10, true), 250],
])('%s', (_, size, outcome, expected) => {
  expect(nextBatchSize(size, outcome, bounds)).toBe(expected);
});

const anyBounds = fc
  .record({
    min: fc.integer({ min: 1, max: 500 }),
    span: fc.integer({ min: 0, max: 5_000 }),
    targetMs: fc.integer({ min: 10, max: 10_000 }),
  })
  .map(({ min, span, targetMs }) => ({ min, max: min + span, targetMs }));

test('whatever happens, it stays a whole number within its bounds, and failure never enlarges it', () => {
  const anyOutcome = fc.record({
    asked: fc.integer({ min: 1, max: 10_000 }),
    received: fc.integer({ min: 0, max: 10_000 }),
    ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
    hasFailed: fc.boolean(),
  });
  fc.assert(
    fc.property(anyBounds, fc.array(anyOutcome, { maxLength: 50 }), (limits, outcomes) => {
      const size = new BatchSize(limits);
      for (const outcome of outcomes) {
        const before = size.messages;
        size.learn(outcome);
        expect(Number.isInteger(size.messages)).toBe(true);
        expect(size.messages).toBeGreaterThanOrEqual(limits.min);
        expect(size.messages).toBeLessThanOrEqual(limits.max);
        if (outcome.hasFailed || outcome.ms > limits.targetMs) expect(size.messages).toBeLessThanOrEqual(before);
      }
    }),
  );
});

test('with a deep queue and a steady pace it settles where a batch takes the target time, and stays there', () => {
  fc.assert(
    fc.property(anyBounds, fc.double({ min: 0.01, max: 100, noNaN: true }), (limits, msPerMessage) => {
      const size = new BatchSize(limits);
      const batch = () => size.learn(went(size.messages, size.messages, size.messages * msPerMessage));
      for (let batches = 0; batches < 40; batches += 1) batch();
      const settled = size.messages;
      batch();
      expect(size.messages).toBe(settled);
      const ideal = Math.max(limits.min, Math.min(limits.max, limits.targetMs / msPerMessage));
      expect(Math.abs(settled - ideal)).toBeLessThanOrEqual(1);
    }),
  );
});

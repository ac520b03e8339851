import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PiecedText } from './pieced-text.ts';

test('is its pieces, one after the other', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 3_000, size: 'max' }), (pieces) => {
      const text = new PiecedText();
      for (const piece of pieces) text.add(piece);
      expect(text.toString()).toBe(pieces.join(''));
      expect(text.length).toBe(pieces.join('').length);
      text.clear();
      expect(text.toString()).toBe('');
    }),
    { numRuns: 20 },
  );
});

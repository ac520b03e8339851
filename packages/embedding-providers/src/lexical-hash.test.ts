import { expect, test } from 'vitest';
import { lexicalHashVector } from './lexical-hash.ts';

const near = (one: string, other: string) => {
  const [a, b] = [lexicalHashVector(one, 384), lexicalHashVector(other, 384)];
  return a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
};

test('words in common make texts near, whatever their case', () => {
  expect(near('Service Broker queues', 'SERVICE BROKER QUEUES')).toBeCloseTo(1, 5);
  expect(near('the queue of the broker', 'a broker has queues')).toBeGreaterThan(
    near('the queue of the broker', 'green apples'),
  );
});

test.each(['', '!', '日本語', 'a', '😀'])('%j has a direction', (text) => {
  expect(Math.hypot(...lexicalHashVector(text, 384))).toBeCloseTo(1, 5);
});

test('the vectors of a version stay what they are', () => {
  const places = [...lexicalHashVector('atom', 384)].flatMap((value, place) =>
    value === 0 ? [] : [[place, Number(value.toFixed(4))]],
  );
  expect(places).toMatchInlineSnapshot(`
    [
      [
        22,
        0.3693,
      ],
      [
        117,
        -0.3693,
      ],
      [
        134,
        0.3693,
      ],
      [
        256,
        0.3693,
      ],
      [
        323,
        -0.6742,
      ],
    ]
  `);
});

import { expect, test } from 'vitest';
import { compareLetters } from '../src/missing-letters.ts';

test('white space, signs, digits and forms of letters make no difference', () => {
  const comparison = compareLetters('Office, 12 pages:\n日本語', 'O\ufb03ce pages  日 本 語 and more');
  expect(comparison).toEqual({ letters: 14, missing: 0, outOfOrder: 0 });
});

test('a letter counts as often as it is missing', () => {
  expect(compareLetters('aab', 'ab')).toMatchObject({ letters: 3, missing: 1 });
  expect(compareLetters('Grüße', '')).toEqual({ letters: 5, missing: 5, outOfOrder: 5 });
});

test('paragraphs in another order are there, letters in another order are not', () => {
  const [first, second] = ['The first paragraph of all.', 'Something else stands here.'];
  expect(compareLetters(`${first} ${second}`, `${second} ${first}`)).toEqual({
    letters: 45,
    missing: 0,
    outOfOrder: 0,
  });
  const backwards = [...first].reverse().join('');
  expect(compareLetters(first, backwards)).toEqual({ letters: 22, missing: 0, outOfOrder: 22 });
});

test('a sentence that is there twice has to be there twice', () => {
  const sentence = 'A sentence like no other.';
  expect(compareLetters(`${sentence} ${sentence}`, sentence)).toMatchObject({ letters: 40, missing: 20 });
  expect(compareLetters(`${sentence} ${sentence}`, sentence).outOfOrder).toBe(20);
});

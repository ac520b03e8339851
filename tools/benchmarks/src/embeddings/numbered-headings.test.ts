import { expect, test } from 'vitest';
import { headingNumberOf, numberHeadings } from './numbered-headings.ts';

test('headings become numbers, and comments of code stay', () => {
  const markdown = '# One\n\ntext\n\n```sh\n# a comment\n```\n\n### Two words\nmore\n';
  expect(numberHeadings(markdown, 7)).toEqual({
    text: '# 7\n\ntext\n\n```sh\n# a comment\n```\n\n### 8\nmore\n',
    headings: [
      { number: 7, text: 'One' },
      { number: 8, text: 'Two words' },
    ],
  });
});

test.each([
  ['### 8\nmore', 8],
  ['# 7', 7],
  ['8 of them', undefined],
  ['#8', undefined],
])('%j is the section of %s', (section, number) => expect(headingNumberOf(section)).toBe(number));

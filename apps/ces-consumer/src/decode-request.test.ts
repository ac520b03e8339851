import { decodeIngestionRequest, ingestionLimits } from '@hartonomous/provenance-schema';
import { expectLinear } from '@hartonomous/test-support';
import { expect, test } from 'vitest';

const around = (text: string) => `<IngestionRequest>${text}</IngestionRequest>`;

test.each([
  ['elements', (text: string) => around(text), '<a/>'],
  ['elements with text', (text: string) => around(text), '<FileName>a</FileName>'],
  ['attributes', (text: string) => `<IngestionRequest ${text}/>`, 'a="1" '],
  ['open elements', (text: string) => around(text), '<a>'],
  ['closed elements', (text: string) => around(text), '</a>'],
  ['references', (text: string) => around(`<FileName>${text}</FileName>`), '&amp;'],
  ['broken references', (text: string) => around(`<FileName>${text}</FileName>`), '&amp'],
  ['comments', (text: string) => around(text), '<!-- a -->'],
  ['open comments', (text: string) => around(text), '<!--'],
  ['open CDATA', (text: string) => around(text), '<![CDATA['],
  ['CDATA', (text: string) => around(`<FileName>${text}</FileName>`), '<![CDATA[a]]>'],
  ['instructions', (text: string) => around(text), '<?a?>'],
  ['open instructions', (text: string) => around(text), '<?a'],
  ['blanks', (text: string) => around(text), ' \n'],
  ['blanks in a tag', (text: string) => `<IngestionRequest${text}/>`, ' '],
  ['less-than signs', (text: string) => around(text), '<'],
  ['quotes', (text: string) => `<IngestionRequest a=${text}/>`, '"'],
  ['hexadecimal digits', (text: string) => around(`<FileDataHex>${text}</FileDataHex>`), 'AB'],
])('a body of many %s takes time in proportion', (_, bodyOf, piece) => {
  expectLinear((pieces) => Buffer.from(bodyOf(piece.repeat(pieces))), decodeIngestionRequest);
});

test('a body that is too long is not looked into', () => {
  const result = decodeIngestionRequest(Buffer.alloc(ingestionLimits.bodyBytes + 1, '<'));
  expect(result).toMatchObject({ ok: false, error: { code: 'BODY_TOO_LARGE' } });
});

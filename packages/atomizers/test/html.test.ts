import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { atomize } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

const atomsOf = async (html: string, name = 'a.html') => {
  const { atomizer, drafts } = await atomize(bytesSource(name, Buffer.from(html)));
  expectInvariants(drafts);
  const blocks = drafts.filter((draft) => draft.parent === null);
  return { atomizer, drafts, blocks: blocks.map((draft) => [draft.atomType, draft.canonicalText]) };
};

test('what nobody sees is left out, at any depth and unclosed', async () => {
  const html =
    '<p>Seen<script>a("<p>no</p>")</script><style>no</style> too<svg><metadata>no</metadata><text>A label</text></svg><template><p>no</p></template><!-- no --><p>Then</p><script>no';
  expect((await atomsOf(html)).blocks).toEqual([
    ['paragraph', 'Seen too'],
    ['paragraph', 'A label'],
    ['paragraph', 'Then'],
  ]);
});

test('white space is shown as a browser shows it, entities are decoded, and offsets lead to the source', async () => {
  const html = '<h2>A &amp;\n  B</h2>text <i>in</i>\n between<pre> a\n  b</pre><ul><li>1<ul><li>2</ul></ul>';
  const { blocks, drafts } = await atomsOf(html);
  expect(blocks).toEqual([
    ['heading', 'A & B'],
    ['paragraph', 'text in between'],
    ['code', 'a\n  b'],
    ['list-item', '1'],
    ['list-item', '2'],
  ]);
  expect(html.slice(drafts[0]!.startOffset!, drafts[0]!.endOffset!)).toBe('A &amp;\n  B');
  expect(html.slice(drafts[1]!.startOffset!, drafts[1]!.endOffset!)).toBe('text <i>in</i>\n between');
});

test.each([
  ['a', '<?xml version="1.0"?>\n<!-- note -->\n<!doctype html><p>x', 'html'],
  ['a.txt', '<HTML><p>x', 'html'],
  ['a.htm', '<p>x', 'html'],
  ['a', '<p>x', 'text'],
  ['a', `${'<!---->'.repeat(1000)}<p>`, 'text'],
])('%s with %j is read by %3$s', async (name, html, atomizer) => {
  expect((await atomsOf(html, name)).atomizer).toBe(atomizer);
});

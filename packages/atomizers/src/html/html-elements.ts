/** What a block element's text is. */
export const blockTypes: Readonly<Record<string, string>> = {
  h1: 'heading',
  h2: 'heading',
  h3: 'heading',
  h4: 'heading',
  h5: 'heading',
  h6: 'heading',
  li: 'list-item',
  dt: 'list-item',
  dd: 'list-item',
  td: 'table-cell',
  th: 'table-cell',
  pre: 'code',
  listing: 'code',
  plaintext: 'code',
  title: 'title',
  caption: 'caption',
  figcaption: 'caption',
};

const otherBlocks =
  'address article aside blockquote body center details dialog div dl fieldset figure footer form foreignObject frameset head header hgroup hr html legend main menu nav noframes object ol option p search section select summary table tbody text textarea tfoot thead tr ul xmp';

/** Elements that begin and end a run of text. `text` is SVG's. */
export const blockElements: ReadonlySet<string> = new Set([...Object.keys(blockTypes), ...otherBlocks.split(' ')]);

/** Elements whose text nobody sees. */
export const hiddenElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'metadata',
  'annotation',
  'annotation-xml',
]);

/** Elements that stand apart from what is beside them, in the same line. */
export const apartElements: ReadonlySet<string> = new Set(
  'button input label img video audio canvas meter progress output picture embed'.split(' '),
);

/** Elements whose text stands above or beside the text, as readings of Chinese characters do. */
export const besideElements: ReadonlySet<string> = new Set(['rt', 'rp', 'rtc']);

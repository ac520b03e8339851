import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { atomize, leafBytes, slicedSource } from './atomize-support.ts';
import expected from './corpus-expected.json' with { type: 'json' };
import { corpusBytes, corpusNames, corpusSource, draftLine } from './corpus-support.ts';
import { expectInvariants } from './draft-invariants.ts';

/** How many atoms of which type each file has; who changes an atomizer has to mean it. */
const counts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'bundle.zip': { 'archive-member': 3, paragraph: 3, sentence: 5, 'json-value': 11, 'json-record': 2, chunk: 1 },
  'countries.tsv': { 'csv-header': 1, 'csv-row': 2 },
  'events.ndjson': { 'json-record': 3, 'json-value': 10 },
  'events.ndjson.gz': { 'archive-member': 1, 'json-record': 3, 'json-value': 10 },
  'field-notes.pdf': { 'document-info': 1, page: 1, paragraph: 4, sentence: 2 },
  'gradient.png': { chunk: 1 },
  'guide.md': { section: 4, 'front-matter': 1, heading: 3, paragraph: 4, sentence: 10, code: 1 },
  'letter-utf16.txt': { paragraph: 2, sentence: 2 },
  'letter.txt': { paragraph: 3, sentence: 5 },
  'menu-latin1.txt': { paragraph: 1, sentence: 2 },
  'notes.tar': {
    'archive-member': 2,
    'archive-member-refused': 1,
    paragraph: 3,
    sentence: 5,
    'csv-header': 1,
    'csv-row': 3,
  },
  'notes.tar.gz': {
    'archive-member': 2,
    'archive-member-refused': 1,
    paragraph: 3,
    sentence: 5,
    'csv-header': 1,
    'csv-row': 3,
  },
  'order.json': { 'json-value': 11, 'json-record': 2 },
  'page.html': { title: 1, heading: 1, paragraph: 2, sentence: 2, 'list-item': 2, 'table-cell': 2, code: 1 },
  'people.csv': { 'csv-header': 1, 'csv-row': 3 },
  'report.docx': { 'document-info': 1, heading: 2, paragraph: 4, sentence: 2, 'table-cell': 2 },
  'schema.sql': { code: 2 },
  'settings.yaml': { code: 2 },
  'stack.ts': { code: 3 },
  'tool.py': { code: 3 },
};

test('the corpus is what this test knows', () => {
  expect(corpusNames).toEqual(Object.keys(counts));
  expect(corpusNames).toEqual(Object.keys(expected));
});

describe.each(corpusNames)('%s', (name) => {
  test('has these atoms, however it is sliced', async () => {
    const whole = await atomizedOnce(name);
    expectInvariants(whole.drafts);
    const types = whole.drafts.map((draft) => draft.atomType);
    expect(Object.fromEntries(types.map((type) => [type, types.filter((each) => each === type).length]))).toEqual(
      counts[name],
    );
    expect({ atomizer: whole.atomizer, drafts: whole.drafts.map(draftLine) }).toEqual(
      expected[name as keyof typeof expected],
    );
    expect(await atomize(slicedSource(name, corpusBytes(name), [1, 100, 3]))).toEqual(whole);
  });

  test('is reproduced as promised', async () => {
    const { atomizer, drafts } = await atomizedOnce(name);
    const { reproduces } = createDefaultRegistry().atomizers.find((each) => each.name === atomizer)!;
    const bytes = corpusBytes(name);
    if (reproduces === 'bytes') expect(leafBytes(drafts)).toEqual(bytes);
    if (reproduces !== 'text') return;
    const encoding = name.includes('latin1') ? 'latin1' : 'utf8';
    const text = name.includes('utf16') ? bytes.toString('utf16le').slice(1) : bytes.toString(encoding);
    expect(leafBytes(drafts).toString('utf8')).toBe(text);
  });
});

/** Files that aren't looked at for the first time needn't be read again; a PDF takes a thread each time. */
const known = new Map<string, ReturnType<typeof atomize>>();
function atomizedOnce(name: string): ReturnType<typeof atomize> {
  const result = known.get(name) ?? atomize(corpusSource(name));
  known.set(name, result);
  return result;
}

/** What stands in the files, looked up with other tools than ours. */
test.each([
  ['field-notes.pdf', 'sentence', 'This sentence\ngoes on in the second line.', null],
  ['field-notes.pdf', 'paragraph', 'A paragraph of its own: ä ö ü ß.', null],
  ['field-notes.pdf', 'paragraph', 'Page two is short.', { page: 2, pages: 2 }],
  ['report.docx', 'heading', 'Figures', { level: 2, style: 'Heading2' }],
  ['report.docx', 'paragraph', 'Line one\nline two\tafter a tab — 漢字 😀', { part: 'document' }],
  ['report.docx', 'paragraph', 'A note at the foot.', { part: 'footnotes' }],
  ['report.docx', 'paragraph', 'Confidential', { part: 'header' }],
  ['report.docx', 'table-cell', '12', null],
  ['guide.md', 'heading', 'Usage\n-----', { line: 22 }],
  ['guide.md', 'code', '```sh\n# not a heading\nnpm install\n```', { language: 'sh' }],
  ['order.json', 'json-value', '9007199254740993', { pointer: '/id', type: 'number' }],
  ['order.json', 'json-value', 'Zoë "Z" O\'Neil', { pointer: '/customer/name' }],
  ['events.ndjson', 'json-value', '{}', { pointer: '/data', line: 5 }],
  ['people.csv', 'csv-row', '"Hopper, Grace","New\nYork",1906', { line: 3, row: 2 }],
  ['countries.tsv', 'csv-row', 'IS\tIceland\t103000', { line: 3 }],
  ['page.html', 'title', 'Atoms & graphs', { element: 'title' }],
  ['page.html', 'paragraph', 'An unclosed paragraph <here>', { element: 'p' }],
  ['page.html', 'code', 'keep\n    this', { element: 'pre' }],
  ['letter-utf16.txt', 'sentence', 'Mit zwei Sätzen.', null],
  [
    'stack.ts',
    'code',
    '/** Last in, first out. */\nexport class Stack<T> {\n  readonly #items: T[] = [];\n\n  push(item: T): void {\n    this.#items.push(item);\n  }\n}',
    { language: 'typescript', name: 'Stack', line: 4, endLine: 12 },
  ],
  ['schema.sql', 'code', 'CREATE TABLE dbo.Thing (\n  Id INT NOT NULL\n);\nGO', { name: 'dbo.Thing' }],
] as const)('%s has the %s %j', async (name, atomType, canonicalText, metadata) => {
  const { drafts } = await atomizedOnce(name);
  const found = drafts.find((draft) => draft.atomType === atomType && draft.canonicalText === canonicalText);
  expect(found).toBeDefined();
  if (metadata !== null) expect(found!.metadata).toMatchObject(metadata);
});

test('a member of an archive has the atoms that the file has outside of it', async () => {
  const alone = (await atomize(corpusSource('people.csv'))).drafts;
  const { drafts } = await atomize(corpusSource('notes.tar.gz'));
  const member = drafts.find((draft) => draft.canonicalText === 'notes/people.csv')!;
  expect(member.metadata).toMatchObject({
    sha256: createHash('sha256').update(corpusBytes('people.csv')).digest('hex'),
    modified: '2026-01-02T03:04:05.000Z',
  });
  const inside = drafts.filter((draft) => draft.ordinal > member.ordinal);
  expect(inside.map(({ ordinal, parent, ...rest }) => rest)).toEqual(alone.map(({ ordinal, parent, ...rest }) => rest));
  expect(inside.map(({ parent }) => parent)).toEqual(alone.map(() => member.ordinal));
});

test('an encoding that is stated is used', async () => {
  const { drafts } = await atomize({ ...corpusSource('menu-latin1.txt'), encoding: 'windows-1252' });
  expect(drafts.map((draft) => draft.canonicalText)).toEqual([
    'Café au lait.\nRésumé follows.',
    'Café au lait.',
    'Résumé follows.',
  ]);
});

test('an encoding that nobody knows is refused', async () => {
  const failure = atomize({ ...corpusSource('menu-latin1.txt'), encoding: 'klingon' });
  await expect(failure).rejects.toMatchObject({ code: 'ENCODING_INVALID', encoding: 'klingon' });
});

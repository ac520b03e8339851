import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { ExpansionBudget } from '../src/expansion-budget.ts';
import { parseLimits } from '../src/options.ts';
import { bytesSource } from '../src/source-reading.ts';
import { rawZipOf, tarOf, zipOf } from './archive-support.ts';
import { atomize, atomizeWithNotes, leafBytes, slicedSource, textOf } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

// Some of these expand megabytes, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const big = Buffer.alloc(1_500_000, `A sentence that has ${'many words '.repeat(300)}. `);
const files = { 'a.txt': 'One. Two.', 'docs/b.json': '[{"x":1}]', 'empty.txt': '', 'big.txt': big };

/** Everything but what only one of the formats says. */
const comparable = async (name: string, bytes: Buffer) => {
  const { drafts } = await atomize(bytesSource(name, bytes));
  return drafts.map((draft) => ({ ...draft, metadata: { ...draft.metadata, modified: null } }));
};

test('members are described with their hash, and what is in them comes from their own atomizers', async () => {
  const { atomizer, drafts } = await atomize(bytesSource('a.zip', zipOf(files)));
  expect(atomizer).toBe('zip');
  expectInvariants(drafts);
  expect(
    drafts.slice(0, 6).map((draft) => [draft.atomType, draft.parent, draft.canonicalText, draft.derivationType]),
  ).toEqual([
    ['archive-member', null, 'a.txt', 'member-of'],
    ['paragraph', 0, 'One. Two.', 'paragraph-of'],
    ['sentence', 1, 'One.', 'sentence-of'],
    ['sentence', 1, 'Two.', 'sentence-of'],
    ['archive-member', null, 'docs/b.json', 'member-of'],
    ['json-record', 4, '{"x":1}', 'json-record-of'],
  ]);
  expect(drafts[0]!.metadata).toEqual({
    path: 'a.txt',
    size: 9,
    sha256: sha256('One. Two.'),
    atomizer: 'text',
    modified: '2026-01-02T03:04:06.000Z',
  });
  expect(JSON.parse(textOf(drafts[0]!))).toEqual({ path: 'a.txt', size: 9, sha256: sha256('One. Two.') });
  const bigMember = drafts.find((draft) => draft.canonicalText === 'big.txt')!;
  expect(leafBytes(drafts.filter((draft) => draft.ordinal > bigMember.ordinal))).toEqual(big);
});

test('TAR, tar.gz and ZIP of the same files have the same atoms', async () => {
  const tar = tarOf(Object.entries(files).map(([path, content]) => ({ path, content })));
  const fromZip = await comparable('a.zip', zipOf(files));
  expect(await comparable('a.tar', tar)).toEqual(fromZip);
  expect(await comparable('a.tar.gz', gzipSync(tar))).toEqual(fromZip);
  const { drafts } = await atomize(slicedSource('a.tar', tar, [1000, 7, 513]));
  expect(drafts.map((draft) => ({ ...draft, metadata: { ...draft.metadata, modified: null } }))).toEqual(fromZip);
});

test('gzip has one member, in as many parts as there are', async () => {
  const bytes = Buffer.concat([gzipSync('{"a":'), gzipSync('1}'), Buffer.alloc(512)]);
  const { atomizer, drafts } = await atomize(bytesSource('folder/a.json.gz', bytes));
  expect(atomizer).toBe('gzip');
  expect(drafts.map((draft) => [draft.atomType, draft.canonicalText, draft.parent])).toEqual([
    ['archive-member', 'a.json', null],
    ['json-value', '1', 0],
  ]);
});

test('archives in archives are looked into', async () => {
  const inner = gzipSync(tarOf([{ path: 'deep.txt', content: 'Found.' }]));
  const { drafts } = await atomize(bytesSource('a.zip', zipOf({ 'inner.tgz': inner })));
  expect(drafts.map((draft) => [draft.canonicalText, draft.parent])).toEqual([
    ['inner.tgz', null],
    ['deep.txt', 0],
    ['Found.', 1],
  ]);
});

test('a member that is broken is kept as bytes, with a note, and the others are read', async () => {
  const { drafts } = await atomize(bytesSource('a.zip', zipOf({ 'bad.json': '{"a":1,', 'good.txt': 'Good.' })));
  expectInvariants(drafts);
  expect(drafts.map((draft) => [draft.atomType, draft.parent, draft.metadata?.code ?? null])).toEqual([
    ['archive-member', null, null],
    ['json-value', 0, null],
    ['archive-member-problem', 0, 'FILE_BROKEN'],
    ['chunk', 0, null],
    ['archive-member', null, null],
    ['paragraph', 4, null],
  ]);
  expect(textOf(drafts[3]!)).toBe('{"a":1,');
});

const x = Buffer.from('x');

const hostileNames = [
  '../a',
  'a/../../b',
  '/etc/passwd',
  'C:\\a',
  'c:a',
  '\\\\server\\share',
  '//server/share',
  '..\\a',
];

test.each([...hostileNames, '', 'a\0b'])('a member of a ZIP archive named %j is refused', async (name) => {
  const failure = atomize(bytesSource('a.zip', rawZipOf([{ name, content: x }])));
  await expect(failure).rejects.toMatchObject({ code: 'ARCHIVE_PATH', retryable: false });
});

test.each(hostileNames)('a member of a TAR archive named %j is refused', async (name) => {
  const failure = atomize(bytesSource('a.tar', tarOf([{ path: name, content: x }])));
  await expect(failure).rejects.toMatchObject({ code: 'ARCHIVE_PATH', retryable: false });
});

test('a name of 5000 characters is refused', async () => {
  const failure = atomize(bytesSource('a.zip', rawZipOf([{ name: 'a'.repeat(5000), content: x }])));
  await expect(failure).rejects.toMatchObject({ code: 'ARCHIVE_PATH' });
});

test('a member that is there twice refuses a ZIP archive; of a TAR archive, which is appended to, both are kept', async () => {
  const twice = [
    { name: 'a/b', content: x },
    { name: 'a//./b', content: x },
  ];
  await expect(atomize(bytesSource('a.zip', rawZipOf(twice)))).rejects.toMatchObject({ code: 'ARCHIVE_MEMBER' });
  const tar = tarOf(twice.map(({ name, content }) => ({ path: name, content })));
  const { drafts, notes } = await atomizeWithNotes(bytesSource('a.tar', tar));
  expect(drafts.filter((draft) => draft.canonicalText === 'a/b')).toHaveLength(2);
  expect(notes).toContain('MEMBERS_REPLACED');
});

test('links, devices, encrypted members and unknown compression are refused one by one, with the reason', async () => {
  const zip = rawZipOf([
    { name: 'link', content: Buffer.from('/etc/passwd'), mode: 0o120777 },
    { name: 'pipe', content: x, mode: 0o010644 },
    { name: 'secret', content: x, flags: 0x801 },
    { name: 'lzma', content: x, method: 14 },
    { name: 'a.txt', content: x },
  ]);
  const { drafts } = await atomize(bytesSource('a.zip', zip));
  expectInvariants(drafts);
  expect(drafts.map((draft) => [draft.atomType, draft.metadata?.path ?? null, draft.metadata?.reason ?? null])).toEqual(
    [
      ['archive-member-refused', 'link', 'symbolic link'],
      ['archive-member-refused', 'pipe', 'special file'],
      ['archive-member-refused', 'secret', 'encrypted'],
      ['archive-member-refused', 'lzma', 'compression method 14'],
      ['archive-member', 'a.txt', null],
      ['paragraph', null, null],
    ],
  );
  const tar = tarOf([
    { path: 'link', type: 'SymbolicLink', linkpath: '/etc/passwd' },
    { path: 'hard', type: 'Link', linkpath: '/etc/passwd' },
    { path: 'null', type: 'CharacterDevice' },
    { path: 'folder/', type: 'Directory' },
  ]);
  expect((await atomize(bytesSource('a.tar', tar))).drafts.map((draft) => draft.metadata?.reason)).toEqual([
    'symbolic link',
    'hard link',
    'special file (CharacterDevice)',
  ]);
});

test('damage is noticed', async () => {
  const zip = zipOf({ 'a.bin': Buffer.alloc(3000, 'abc\0') });
  const stored = rawZipOf([{ name: 'a.txt', content: Buffer.from('hello hello') }]);
  const swapped = Buffer.from(stored.toString('latin1').replace('hello hello', 'hellx hello'), 'latin1');
  const tar = tarOf([{ path: 'a.txt', content: 'hello' }]);
  const gzip = gzipSync(Buffer.alloc(5000, 'abc'));
  for (const [name, bytes] of [
    ['cut.zip', zip.subarray(0, -10)],
    ['swapped.zip', swapped],
    ['cut.tar', tar.subarray(0, 600)],
    ['wrong.tar', Buffer.from(tar.toString('latin1').replace('a.txt', 'b.txt'), 'latin1')],
    ['cut.gz', gzip.subarray(0, -10)],
    ['behind.gz', Buffer.concat([gzip, Buffer.from('garbage')])],
    ['wrong.gz', Buffer.concat([gzip.subarray(0, -6), Buffer.alloc(6)])],
  ] as const) {
    await expect(atomize(bytesSource(name, bytes)), name).rejects.toMatchObject({ code: 'FILE_BROKEN' });
  }
});

describe('bombs', () => {
  const zeros = Buffer.alloc(20_000_000);

  test('by ratio', async () => {
    const failure = { code: 'ARCHIVE_BOMB', limit: 'maxExpansionRatio', allowed: 200 };
    await expect(atomize(bytesSource('a.gz', gzipSync(zeros)))).rejects.toMatchObject(failure);
    await expect(atomize(bytesSource('a.zip', zipOf({ zeros })))).rejects.toMatchObject(failure);
  });

  test('text that expands too far is kept as bytes; the other members are read', async () => {
    const lines = Buffer.alloc(2_000_000, 'a\n');
    const bytes = zipOf({ 'a.txt': 'One.', 'b.txt': lines, 'c.bin': Buffer.alloc(9) });
    const { drafts } = await atomize(bytesSource('a.zip', bytes), { limits: { maxExpandedTextBytes: 1_000_000 } });
    const problems = drafts.filter(({ atomType }) => atomType === 'archive-member-problem');
    expect(problems.map(({ metadata }) => metadata)).toEqual([{ path: 'b.txt', code: 'ARCHIVE_BOMB' }]);
    expect(drafts.map(({ canonicalText }) => canonicalText)).toContain('One.');
    const kept = drafts
      .filter(({ atomType }) => atomType === 'chunk')
      .reduce((sum, each) => sum + each.content.length, 0);
    expect(kept).toBe(lines.length + 9);
  });

  test('by elements of XML, of which a few bytes may stand for millions', () => {
    const budget = new ExpansionBudget(parseLimits(), 1_000_000);
    budget.enter().addElements(5_000_000);
    expect(() => budget.addElements(1)).toThrow(expect.objectContaining({ limit: 'maxElementsPerByte', allowed: 4 }));
    new ExpansionBudget(parseLimits()).addElements(1e12);
  });

  test('by size, all levels and members together', async () => {
    const limits = { maxExpandedBytes: 1_000_000 };
    const part = gzipSync(Buffer.alloc(400_000, 'abcdefgh\0'));
    const bytes = zipOf({ 'a.gz': part, 'b.gz': part, 'c.gz': part });
    await expect(atomize(bytesSource('a.zip', bytes), { limits })).rejects.toMatchObject({ limit: 'maxExpandedBytes' });
  });

  test('by number of members, all archives together', async () => {
    const inner = zipOf({ a: 'a', b: 'b', c: 'c' });
    const bytes = zipOf({ 'x.zip': inner, 'y.zip': inner });
    const failure = atomize(bytesSource('a.zip', bytes), { limits: { maxArchiveMembers: 7 } });
    await expect(failure).rejects.toMatchObject({ code: 'ARCHIVE_BOMB', limit: 'maxArchiveMembers' });
  });

  test('by depth', async () => {
    let bytes = zipOf({ 'a.txt': 'a' });
    for (let level = 1; level < 5; level++) bytes = zipOf({ 'a.zip': bytes });
    await expect(atomize(bytesSource('a.zip', bytes))).rejects.toMatchObject({ limit: 'maxArchiveDepth', allowed: 4 });
  });
});

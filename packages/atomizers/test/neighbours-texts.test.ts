import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { csvRowValues } from '../src/csv/csv-row-values.ts';
import { rawZipOf, tarOf } from './archive-support.ts';
import { atomizeWithNotes, leafBytes, slicedSource } from './atomize-support.ts';
import { readFile } from './neighbours-support.ts';

describe('CSV', () => {
  test.each([
    ['blanks behind quotation marks', '"name" ,"n"\n"Smith, Ann" ,5\n', [{ name: 'Smith, Ann', n: '5' }]],
    [
      'apostrophes for quotation marks',
      "'name','n'\n'Smith, Ann',5\n'O''Hara, Bo',6\n",
      [
        { name: 'Smith, Ann', n: '5' },
        { name: 'O’Hara, Bo'.replace('’', "'"), n: '6' },
      ],
    ],
    [
      'lines of a name and a value before the table',
      'Konto:;DE12\nVon:;01.01.2026\n\nTag;Betrag;Text\n02.01.2026;-5,00;Brot\n03.01.2026;-7,00;Käse\n',
      [
        { Tag: '02.01.2026', Betrag: '-5,00', Text: 'Brot' },
        { Tag: '03.01.2026', Betrag: '-7,00', Text: 'Käse' },
      ],
    ],
    [
      'columns that are counted',
      'x,0,1,2\na,0.5,0.6,0.7\nb,0.1,0.2,0.3\n',
      [
        { x: 'a', 0: '0.5', 1: '0.6', 2: '0.7' },
        { x: 'b', 0: '0.1', 1: '0.2', 2: '0.3' },
      ],
    ],
  ])('%s', async (_, text, values) => {
    expect((await readFile('a.csv', text)).values).toEqual(values);
  });

  test('quotation marks with a backslash before them and no delimiter within', async () => {
    const { values } = await readFile('a.csv', 'id,text\n1,"a \\"quoted\\" word"\n2,"two"\n');
    expect(values.map(({ text }) => text)).toEqual(['a "quoted" word', 'two']);
  });

  test.each([
    ['||', 'a||b||c\n1||x y||3\n4||"p||q"||\n', { a: '1', b: 'x y', c: '3' }, { a: '4', b: 'p||q', c: '' }],
    [';;', 'a;;b\n1;;\n;;2\n', { a: '1', b: '' }, { a: '', b: '2' }],
  ])('a delimiter of two characters: %s', async (delimiter, text, first, second) => {
    const whole = await readFile('a.csv', text);
    expect(whole.values).toEqual([first, second]);
    const { drafts } = await atomizeWithNotes(slicedSource('a.csv', Buffer.from(text), [1]));
    expect(drafts.flatMap(({ values }) => (values === null ? [] : [values]))).toEqual(whole.values);
    expect(
      csvRowValues(text.split('\n')[1] ?? '', { delimiter, quoting: 'doubled', columns: Object.keys(first) }),
    ).toEqual(first);
  });

  test('apostrophes in words are letters', async () => {
    const { values } = await readFile('a.csv', "name,text\nAnn,'tis so\nBo,don't\n");
    expect(values).toEqual([
      { name: 'Ann', text: "'tis so" },
      { name: 'Bo', text: "don't" },
    ]);
  });
});

describe('HTML', () => {
  test('names of groups and options, what fields ask for, documents in attributes', async () => {
    const { texts, notes } = await readFile(
      'a.html',
      '<!doctype html><p>A</p><select><optgroup label="Europe"><option label="Norway" value=1></option><option label="Sweden">Sweden</option></optgroup></select><input placeholder="Your name"><input type=image alt="Go"><iframe srcdoc="&lt;p&gt;Inside&lt;/p&gt;"></iframe><p>B</p>',
    );
    expect(texts).toEqual(['A', 'Europe', 'Norway', 'Sweden', 'Your name', 'Go', 'Inside', 'B']);
    expect(notes).toEqual([]);
  });

  test('formulas', async () => {
    const power =
      '<math><msup><mi>x</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msup><msqrt><mi>y</mi></msqrt></math>';
    expect((await readFile('a.html', `<p>E ${power}</p>`)).texts).toEqual(['E x^(n+1)√y']);
  });
});

describe('XML', () => {
  test('entities of its own are noted, of XHTML too', async () => {
    const doctype = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY co "Acme"><!ENTITY v "1">]>';
    expect((await readFile('a.xml', `${doctype}<a>By &co; &amp; &lt;</a>`)).notes).toEqual(['PARTS_NOT_READ']);
    expect((await readFile('a.xhtml', `${doctype}<html><p>By &v;</p></html>`)).notes).toEqual(['PARTS_NOT_READ']);
    expect((await readFile('a.xml', `${doctype}<a>By nobody</a>`)).notes).toEqual([]);
  });

  test('HTML in a picture has elements of any name, and a line of text is apart from the one above', async () => {
    const picture =
      '<svg><foreignObject><div><font>Red<br>label</font></div><pre>Pre</pre><style>no</style></foreignObject><text>One<tspan x="0" dy="12">Two</tspan></text></svg>';
    expect((await readFile('a.svg', picture)).texts).toEqual(['Red\nlabel', 'Pre', 'One\nTwo']);
  });
});

test('texts whose letters are in another coding are noted, and letters over each other', async () => {
  const calendar = 'BEGIN:VCALENDAR\nSUMMARY:Planning mee\n ting\nEND:VCALENDAR\n';
  expect((await readFile('a.ics', calendar)).notes).toEqual(['FORMAT_NOT_READ']);
  expect((await readFile('a.ics', 'BEGIN:VCALENDAR\nSUMMARY:Short\nEND:VCALENDAR\n')).notes).toEqual([]);
  const card = 'BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=D0=98\nEND:VCARD\n';
  expect((await readFile('a.vcf', card)).notes).toEqual(['FORMAT_NOT_READ']);
  expect((await readFile('a.ldif', 'dn: cn=A\ncn:: QW5u\n')).notes).toEqual(['FORMAT_NOT_READ']);
  expect((await readFile('ls.txt', 'N\bNA\bAM\bME\bE\n       ls - list contents of a folder\n')).notes).toEqual([
    'CONTROL_CHARACTERS',
  ]);
});

test('JSON by other names', async () => {
  for (const name of ['a.har', 'a.sarif', 'a.topojson']) {
    expect(await readFile(name, '{"a":"caf\\u00e9"}')).toMatchObject({ atomizer: 'json', texts: ['café'] });
  }
  expect((await readFile('a.ldjson', '{"a":1}\n{"a":2}\n')).atomizer).toBe('ndjson');
});

describe('mail', () => {
  const head = 'From: a@example.com\r\nSubject: S\r\nMIME-Version: 1.0\r\n';
  const multipart = (kind: string, boundary: string, ...parts: readonly string[]): string =>
    `Content-Type: multipart/${kind}; boundary=${boundary}\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
  const part = (type: string, body: string): string => `Content-Type: ${type}\r\n\r\n${body}`;

  test('one form of a text may have several parts; copies for some programs aren’t read', async () => {
    const forms = multipart(
      'alternative',
      'A',
      part('text/plain', 'Plain.'),
      part('text/x-amp-html', '<p>Copy.</p>'),
      multipart('mixed', 'B', part('text/html', '<p>One.</p>'), part('text/html', '<p>Two.</p>')),
    );
    expect((await readFile('a.eml', head + forms)).texts).toEqual(['S', 'One.', 'Two.']);
  });

  test('an invitation beside the forms of a text doesn’t part them', async () => {
    const forms = multipart(
      'alternative',
      'A',
      part('text/plain', 'Plain.'),
      part('text/calendar', 'BEGIN:VCALENDAR'),
      part('text/html', '<p>Formatted.</p>'),
    );
    const { leaves } = await readFile('a.eml', head + forms);
    expect(leaves).toEqual(['S', 'BEGIN:VCALENDAR', 'Formatted.']);
  });

  test.each([
    ['empty', ''],
    ['a picture', '<html><head><title>T</title></head><body><img src="cid:a" alt="Logo"></body></html>'],
  ])('the text is read where the HTML is %s', async (_, html) => {
    const forms = multipart('alternative', 'A', part('text/plain', 'All of it.'), part('text/html', html));
    expect((await readFile('a.eml', head + forms)).texts).toEqual(['S', 'All of it.']);
  });

  test('UTF-8 in headers and names of files, and in a body that says it’s ASCII', async () => {
    const body = multipart(
      'mixed',
      'A',
      part('text/plain; charset=us-ascii', 'Grüße.'),
      'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="Größe.txt"\r\n\r\nfile',
    );
    const { texts, members } = await readFile('a.eml', `${head.replace('S\r\n', 'Łódź\r\n')}${body}`);
    expect(texts.slice(0, 2)).toEqual(['Łódź', 'Grüße.']);
    expect(members).toEqual(['Größe.txt']);
  });

  test('files in the text itself', async () => {
    const file = 'begin 644 note.txt\r\n85&AE(\'-E8W)E="!N;W1E(&ES(&AE<F4N\r\n`\r\nend';
    const { leaves } = await readFile('a.eml', `${head}\r\nBefore.\r\n\r\n${file}\r\n\r\nAfter.\r\n`);
    expect(leaves).toEqual(['S', 'Before.', 'After.', 'The secret note is here.']);
    const cut = await readFile('a.eml', `${head}\r\nbegin 644 note.txt\r\nno such line\r\nend\r\n`);
    expect(cut.leaves.slice(1)).toEqual(['begin 644 note.txt\r\nno such line\r\nend']);
  });

  test.each([
    ['a byte order mark', '\ufeff'],
    ['empty lines', '\r\n\r\n'],
    ['a header of an odd name', 'X_Score.1: 2\r\n'],
  ])('%s before the message', async (_, before) => {
    const coded =
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9';
    expect((await readFile('a.eml', before + head + coded)).texts).toEqual(['S', 'Café']);
  });
});

describe('archives', () => {
  const zipWith = (name: Buffer): Buffer => {
    const plain = rawZipOf([{ name: '#'.repeat(name.length), content: Buffer.from('Text.'), method: 0, flags: 0 }]);
    const at = (from: number): number => plain.indexOf('#'.repeat(name.length), from);
    const local = at(0);
    name.copy(plain, local);
    name.copy(plain, at(local));
    return plain;
  };

  test.each([
    ['CP866', 'Отчёт за январь.txt', '8ee2e7f1e220a7a020efada2a0e0ec2e747874'],
    ['CP437', 'Größe.txt', '477294e1652e747874'],
    ['windows-1252', 'Größe.txt', '4772f6df652e747874'],
  ])('names of members in %s', async (_, name, bytes) => {
    const { members, notes } = await readFile('a.zip', zipWith(Buffer.from(bytes, 'hex')));
    expect(members).toEqual([name]);
    expect(notes).toEqual(['ENCODING_GUESSED']);
  });

  test('sparse files of GNU in a TAR are refused alone', async () => {
    const tar = tarOf([{ path: 'sparse.bin' }, { path: 'a.txt', content: 'Text.' }]);
    tar.write('S', 156, 'latin1');
    const sum = tar
      .subarray(0, 512)
      .fill(' ', 148, 156)
      .reduce((all, byte) => all + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const { leaves, notes } = await readFile('a.tar', tar);
    expect(leaves).toEqual(['sparse.bin', 'Text.']);
    expect(notes).toEqual(['MEMBERS_REFUSED']);
  });
});

describe('compressed files', () => {
  const frames = ['One.\n', 'Two.\n'.repeat(50_000), ''].map((text) => zstdCompressSync(text));
  const [first, second, empty] = frames as [Buffer, Buffer, Buffer];
  const skipped = Buffer.from('\x5a\x2a\x4d\x18\x04\0\0\0skip', 'latin1');

  test.each([
    ['one after the other', [first, second, empty, first]],
    ['with some to be skipped, and zeros behind them', [skipped, first, skipped, second, first, Buffer.alloc(3)]],
  ])('Zstandard of several frames, %s', async (_, parts) => {
    const bytes = Buffer.concat(parts);
    for (const lengths of [[bytes.length], [1], [7, 50]]) {
      const { drafts, notes } = await atomizeWithNotes(slicedSource('a.txt.zst', bytes, lengths));
      const text = leafBytes(drafts).toString();
      expect(text.length).toBe('One.\n'.length * 50_002);
      expect([text.slice(0, 10), text.slice(-10)]).toEqual(['One.\nTwo.\n', 'Two.\nOne.\n']);
      expect(notes).toEqual([]);
    }
  });

  test('Zstandard: what is behind the last frame is noted, and one that is cut off refused', async () => {
    const behind = await readFile('a.txt.zst', Buffer.concat([first, Buffer.from('\r\n')]));
    expect(behind).toMatchObject({ leaves: ['One.'], notes: ['BYTES_AROUND_ARCHIVE'] });
    const cut = Buffer.concat([first, second.subarray(0, -6)]);
    await expect(readFile('a.txt.zst', cut)).rejects.toMatchObject({ code: 'FILE_BROKEN' });
  });
});

test('an element within a text of XML that is longer than a block belongs to that text', async () => {
  const { texts } = await readFile(
    'a.xml',
    `<?xml version="1.0"?><a>${'x'.repeat(65_000)} ${'y'.repeat(600)} <b>of it</b> too.</a>`,
  );
  expect(texts.map((text) => text?.slice(-12))).toEqual(['yyyyyyyyyyyy', 'y of it too.']);
});

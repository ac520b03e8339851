import { expect, test } from 'vitest';
import { splitName } from './split-name.ts';

/** SQLAlchemy's suite asks OBJECT_ID for names such as `dbo.PK__[brackets__1` on a real server. */
test.each([
  ['dbo.T', ['dbo', 'T']],
  ['[my db]..[a]]b]', ['my db', '', 'a]b']],
  ['"a.b" . c', ['a.b', 'c']],
  ['dbo.PK__[brackets__1', ['dbo', 'PK__[brackets__1']],
  ['dbo.%percent%', ['dbo', '%percent%']],
  ["quote ' one", ["quote ' one"]],
  ['..T', ['', '', 'T']],
  ['[open', undefined],
  ['[a]b', undefined],
  ['a.b.c.d.e', undefined],
])('%s', (text, parts) => {
  expect(splitName(text)).toEqual(parts);
});

import { expect, test } from 'vitest';
import { RefusedFileError } from '../errors.ts';
import { refusalOf } from '../refusal.ts';
import { fileSystemTrouble } from './file-system-trouble.ts';

const failed = (code: string) => Object.assign(new Error(`${code}: something, open '/srv/in/a'`), { code });

test.each([
  ['EMFILE', false],
  ['ENOMEM', false],
  ['EIO', true],
  ['ESTALE', true],
])('%s is trouble that passes; the file may be blamed for it: %s', (code, mayBeTheFiles) => {
  const trouble = fileSystemTrouble(failed(code));
  expect(trouble).toMatchObject({ code: 'LOCAL_FILE_TROUBLE', retryable: true, mayBeTheFiles });
  // Not a dead letter: it is tried again.
  expect(refusalOf(trouble, new AbortController().signal)).toBeNull();
});

test.each(['ENOENT', 'EACCES', 'ELOOP', 'ENOTDIR'])('%s says something of the file', (code) => {
  expect(fileSystemTrouble(failed(code))).toBeUndefined();
  expect(fileSystemTrouble(new RefusedFileError('SOURCE_NOT_FOUND', 'gone'))).toBeUndefined();
});

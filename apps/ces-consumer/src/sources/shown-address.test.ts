import { expect, test } from 'vitest';
import { shownAddress } from './shown-address.ts';

test.each([
  ['https://acct.blob.core.windows.net/c/f.txt?sv=2024&sig=S3CR3T', 'https://acct.blob.core.windows.net/c/f.txt?***'],
  ['https://host/f.txt#token=S3CR3T', 'https://host/f.txt#***'],
  ['https://user:S3CR3T@host/f.txt', 'https://***@host/f.txt'],
  ['ftp://user:S3CR3T@host@host/f.txt?code=S3CR3T', 'ftp://***@host/f.txt?***'],
  ['https:user:S3CR3T@host/f.txt', 'https:***@host/f.txt'],
  ['https:/user:S3CR3T@host/f.txt', 'https:/***@host/f.txt'],
  ['https:\\\\user:S3CR3T@host\\f.txt', 'https:\\\\***@host\\f.txt'],
  [' https://user:S3CR3T@host/f.txt', ' https://***@host/f.txt'],
  ['https://host/a@b.txt', 'https://host/a@b.txt'],
  ['file:///a@b?c#d.txt', 'file:///a@b?c#d.txt'],
  ['file://user:S3CR3T@server/share/a.txt', 'file://***@server/share/a.txt'],
  ['C:\\in\\a@b.txt', 'C:\\in\\a@b.txt'],
  ['file:///srv/in/a%3Fb%23c.txt', 'file:///srv/in/a%3Fb%23c.txt'],
])('%s', (uri, shown) => {
  expect(shownAddress(uri)).toBe(shown);
});

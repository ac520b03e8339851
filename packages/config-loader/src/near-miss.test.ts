import { expect, test } from 'vitest';
import { nearMiss } from './near-miss.ts';

test.each([
  ['Usrname', 'Username'],
  ['USERNAME', 'Username'],
  ['User_Name', 'Username'],
  ['Passwrod', 'Password'],
  ['Url', 'Uri'],
  ['Encypt', 'Encrypt'],
  ['Enabled', undefined],
  ['Ur', 'Uri'],
  ['U', undefined],
])('%s means %s', (written, meant) => {
  expect(nearMiss(written, ['Uri', 'Username', 'Password', 'Encrypt'])).toBe(meant);
});

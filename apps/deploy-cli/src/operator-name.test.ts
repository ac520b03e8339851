import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { longestOperatorName, operatorName } from './operator-name.ts';

const hostname = () => 'host';

test('an account has a name, a number, or both', () => {
  expect(operatorName({ hostname, userInfo: () => ({ ...userInfo(), username: 'anna' }) })).toBe('anna@host');
  const nameless = () => {
    throw Object.assign(new Error('A system error occurred: uv_os_get_passwd returned ENOENT'), {
      code: 'ERR_SYSTEM_ERROR',
    });
  };
  expect(operatorName({ hostname, userInfo: nameless })).toBe(`uid-${process.getuid?.()}@host`);
});

test('it fits into its columns', () => {
  expect(operatorName({ hostname: () => 'h'.repeat(300), userInfo })).toHaveLength(longestOperatorName);
});

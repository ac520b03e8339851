import { hostname, userInfo } from 'node:os';
import { beforeEach, expect, test, vi } from 'vitest';
import { longestOperatorName, operatorName } from './operator-name.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  hostname: vi.fn(() => 'host'),
  userInfo: vi.fn(() => ({ username: 'anna' })),
}));
beforeEach(() => vi.clearAllMocks());

test('an account has a name, a number, or both', () => {
  expect(operatorName()).toBe('anna@host');
  vi.mocked(userInfo).mockImplementationOnce(() => {
    throw Object.assign(new Error('A system error occurred: uv_os_get_passwd returned ENOENT'), {
      code: 'ERR_SYSTEM_ERROR',
    });
  });
  expect(operatorName()).toBe(`uid-${process.getuid?.()}@host`);
});

test('it fits into its columns', () => {
  vi.mocked(hostname).mockReturnValueOnce('h'.repeat(300));
  expect(operatorName()).toHaveLength(longestOperatorName);
});

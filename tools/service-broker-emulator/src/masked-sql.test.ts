import { expect, test } from 'vitest';
import { maskedSql } from './masked-sql.ts';

test.each([
  [
    "CREATE LOGIN l WITH PASSWORD = N'it''s', CHECK_POLICY = OFF",
    "CREATE LOGIN l WITH PASSWORD = '***', CHECK_POLICY = OFF",
  ],
  ["ALTER LOGIN l WITH password='a' OLD_PASSWORD='b'", "ALTER LOGIN l WITH password='***' OLD_PASSWORD='***'"],
  ['ALTER LOGIN l WITH PASSWORD = 0x01Ab HASHED', "ALTER LOGIN l WITH PASSWORD = '***' HASHED"],
  ["SELECT 'password' AS a", "SELECT 'password' AS a"],
])('%s', (text, masked) => {
  expect(maskedSql(text)).toBe(masked);
});

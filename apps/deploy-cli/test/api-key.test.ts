import { deployDatabase } from '@hartonomous/operations';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

const database = 'Hartonomous';
let sql: TestServer;
let env: Record<string, string>;

beforeAll(async () => {
  sql = await startTestServer();
  await deployDatabase({ connection: sql.connectionString(database) });
  env = { ConnectionStrings__HartonomousDb: sql.connectionString(database) };
});
afterAll(() => sql?.[Symbol.asyncDispose]());

const apiKey = (...args: readonly string[]) => hartonomous(['api-key', ...args], env);

test('a key is printed once, alone on standard output, listed without its secret, and revoked', async () => {
  const made = await apiKey('create', '--name', 'Ada', '--role', 'viewer', '--tenant', '0', '--days', '1');
  expect(made.exitCode).toBe(0);
  expect(made.stdout).toMatch(/^hk_[0-9a-f]{12}_[\w-]{43}\n$/);
  expect(made.stderr).toContain("it can't be shown again");
  const secret = made.stdout.trim().slice(16);
  const [row] = await sql.rows(database, 'SELECT KeyHash, Role, TenantId, CreatedBy FROM dbo.ApiKey;');
  expect(row).toMatchObject({ Role: 'viewer', TenantId: 0, CreatedBy: 'sa' });
  expect(Buffer.from(row?.KeyHash as Uint8Array)).toHaveLength(32);

  const listed = await apiKey('list');
  expect(listed.stdout).toMatch(/^1 {2}hk_[0-9a-f]{12} {2}viewer {2}tenant 0 {2}Ada {2}expires .*, not used yet\n$/);
  expect(listed.stdout).not.toContain(secret);

  expect((await apiKey('revoke', '1', '--dry-run')).stdout).toMatch(/^Would revoke 1 /);
  expect((await apiKey('list', '--json')).stdout).toContain('"revokedAt": null');
  expect(await apiKey('revoke', '1')).toMatchObject({ exitCode: 0 });
  expect((await apiKey('list')).stdout).toContain('revoked 2');
});

test('a missing tenant, an invalid role, and an unknown key', async () => {
  const none = await apiKey('create', '--name', 'x', '--role', 'viewer', '--tenant', '77', '--json');
  expect(none.exitCode).toBe(2);
  expect(JSON.parse(none.stdout)).toMatchObject({ ok: false, error: { code: 'TENANT_NOT_FOUND' } });
  expect(await apiKey('create', '--name', 'x', '--role', 'king', '--tenant', '0')).toMatchObject({ exitCode: 2 });
  const unknown = await apiKey('revoke', '99');
  expect(unknown.exitCode).toBe(1);
  expect(unknown.stderr).toContain('There is no API key 99.');
});

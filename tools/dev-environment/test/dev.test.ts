import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildService, emulatorPort, eventually, sourceCommand } from '@hartonomous/test-support';
import mssql from 'mssql';
import neo4j from 'neo4j-driver';
import { expect, onTestFinished, test } from 'vitest';
import { changeOneAtom } from '../src/change-one-atom.ts';
import { connectSql } from '../src/sql-database.ts';
import { runScript } from './run-script.ts';

/** The development passwords of the README. */
const saPassword = 'Hartonomous!1';
const neo4jLogin = neo4j.auth.basic('neo4j', 'neo4jneo4j');

function refused(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  return promise;
}

test('pnpm dev keeps a working system up until Ctrl-C, which stops all of it', { timeout: 180_000 }, async () => {
  await using dev = runScript('dev.ts', ['--api-port', '0', '--sql-port', '0', '--neo4j-port', '0']);
  const ready = await eventually(
    () => {
      const output = dev.lines.join('\n');
      expect(dev.child.exitCode, output).toBeNull();
      const sql = /SQL Server {2}localhost,(\d+) {2}database Hartonomous {2}login sa {2}password Hartonomous!1/.exec(
        output,
      );
      const graph = /Neo4j {7}(bolt:\/\/\S+) {2}login neo4j/.exec(output);
      expect(sql).not.toBeNull();
      expect(graph).not.toBeNull();
      const api = /API, page {3}(http:\/\/\S+) {2}key (hk_\S+)/.exec(output);
      expect(api).not.toBeNull();
      return { sqlPort: Number(sql?.[1]), uri: String(graph?.[1]), api: String(api?.[1]), key: String(api?.[2]) };
    },
    { timeoutMs: 120_000, intervalMs: 200 },
  );
  {
    await using pool = await connectSql(ready.sqlPort, { saPassword });
    await using driver = neo4j.driver(ready.uri, neo4jLogin);
    const change = await changeOneAtom(pool, driver, new AbortController().signal);
    expect(change.properties.contentHash).toBe('deadbeef');
    const page = await fetch(ready.api);
    expect(await page.text()).toContain('<title>Hartonomous</title>');
    const headers = { authorization: `Bearer ${ready.key}` };
    const entity = await fetch(new URL('/v1/entities/Tenant/0', ready.api), { headers });
    expect(await entity.json()).toMatchObject({ label: 'Tenant', id: '0' });
    // The grant of the runbook (R3) works as it stands.
    await new mssql.Request(pool).batch('GRANT RECEIVE ON dbo.Neo4jSyncQueue TO [WorkerServiceAccount];');
  }
  dev.child.kill('SIGINT');
  expect(await dev.exited, dev.lines.join('\n')).toBe(0);
  await refused(ready.sqlPort);
  await refused(Number(new URL(ready.uri).port));
});

test('a port in use is reported before anything is started', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await using dev = runScript('dev.ts', ['--api-port', '0', '--sql-port', String(port), '--neo4j-port', '0']);
  const exitCode = await dev.exited;
  other.close();
  expect(exitCode).toBe(1);
  expect(dev.lines.join('\n')).toContain(`Port ${port} for SQL Server is in use by process ${process.pid} (node).`);
  expect(dev.lines.join('\n')).toContain('PORT_IN_USE');
});

test('a stand-in that is in the way is named, by port and by data', async () => {
  const data = await mkdtemp(join(tmpdir(), 'dev-data-'));
  onTestFinished(() => rm(data, { recursive: true }));
  const { service, found: port } = await ChildService.start({
    name: 'SQL Server emulator',
    args: sourceCommand('tools/service-broker-emulator/src/cli.ts', [
      '--port',
      '0',
      '--data',
      join(data, 'sql'),
      '--json',
    ]),
    env: process.env,
    ready: emulatorPort,
  });
  await using emulator = service;
  await using byPort = runScript('dev.ts', ['--api-port', '0', '--sql-port', String(port), '--neo4j-port', '0']);
  expect(await byPort.exited).toBe(1);
  expect(byPort.lines.join('\n')).toMatch(
    new RegExp(
      `Port ${port} for SQL Server is in use by process ${emulator.pid}, a SQL Server stand-in that process \\d+ runs\\.`,
    ),
  );
  await using byData = runScript('dev.ts', ['--api-port', '0', '--sql-port', '0', '--neo4j-port', '0', '--data', data]);
  expect(await byData.exited).toBe(1);
  const output = byData.lines.join('\n');
  expect(output).toContain('(DATA_DIRECTORY_IN_USE)');
  expect(output).toContain(join(data, 'sql'));
  expect(output).not.toContain('invalid_type');
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What a person has set up wrongly: the worker ends with exit code 1 and says what to do.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

test('wrong password of SQL Server', async () => {
  const worker = new WorkerProcess({
    ...fixture().env,
    ConnectionStrings__HartonomousDb: fixture().connectionString.replace(/Password="[^"]*"/, 'Password="Wrong!1"'),
  });
  expect((await worker.exit()).code).toBe(1);
  const fatal = worker.lines().find(({ level }) => level === 'fatal');
  expect(fatal).toMatchObject({ err: { code: 'BROKER_LOGIN_FAILED' } });
  expect(worker.output).toContain('Check User Id and Password');
  expect(worker.output).not.toContain('Wrong!1');
});

test('wrong password of Neo4j', async () => {
  const worker = new WorkerProcess({ ...fixture().env, Neo4j__Password: 'not-this-one' });
  expect((await worker.exit()).code).toBe(1);
  const fatal = worker.lines().find(({ level }) => level === 'fatal');
  expect(fatal).toMatchObject({ err: { code: 'NEO4J_AUTH_FAILED' } });
  expect(worker.output).toContain('Check Neo4j:Username and Neo4j:Password');
  expect(worker.output).not.toContain('not-this-one');
});

test('a database without the objects', async () => {
  await fixture().client.run('CREATE DATABASE Empty;');
  const worker = new WorkerProcess({
    ...fixture().env,
    ConnectionStrings__HartonomousDb: fixture().connectionString.replace('Hartonomous;', 'Empty;'),
  });
  expect((await worker.exit()).code).toBe(1);
  expect(worker.output).toContain('There is no queue dbo.Neo4jSyncQueue in this database');
  expect(worker.output).toContain('deploy the Service Broker objects');
});

test('health port in use', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const worker = new WorkerProcess({ ...fixture().env, Health__Port: String(port) });
  expect((await worker.exit()).code).toBe(1);
  expect(worker.output).toContain(`Health port ${port} on 127.0.0.1 is in use`);
  other.close();
});

test('Windows login without its driver', async () => {
  const worker = new WorkerProcess({
    ...fixture().env,
    ConnectionStrings__HartonomousDb: 'Server=localhost;Database=Hartonomous;Integrated Security=True;',
  });
  expect((await worker.exit()).code).toBe(1);
  expect(worker.output).toContain('replace Integrated Security=True by User Id=');
});

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@hartonomous/test-support';
import neo4j from 'neo4j-driver';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LocalNeo4j, startLocalNeo4j } from '../src/index.ts';

async function query(server: LocalNeo4j, cypher: string): Promise<unknown[]> {
  await using driver = neo4j.driver(server.uri, neo4j.auth.basic(server.username, server.password));
  const { records } = await driver.executeQuery(cypher);
  return records.map((record) => record.get(0));
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-neo4j-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('a server in a data folder of its own', () => {
  let server: LocalNeo4j;
  beforeAll(async () => {
    server = await startLocalNeo4j({ dataDir: folder, password: 'a-password-of-mine' });
  });
  afterAll(() => server.stop());

  test('takes the password and stores what is written', async () => {
    expect(server).toMatchObject({ username: 'neo4j', edition: 'community', runsOn: 'java', dataDir: folder });
    expect(server.uri).toMatch(/^bolt:\/\/localhost:\d+$/);
    await query(server, 'CREATE (:Kept {id: 1})');
    expect(await query(server, 'MATCH (n:Kept) RETURN n.id')).toEqual([neo4j.int(1)]);
  });

  test('refuses a second server on its port', async () => {
    const port = Number(new URL(server.uri).port);
    await expect(startLocalNeo4j({ port })).rejects.toMatchObject({ code: 'NEO4J_PORT_IN_USE', port });
  });

  test('can be used by its URI, and is left alone by that user', async () => {
    const given = await startLocalNeo4j({ uri: server.uri, password: server.password });
    expect(given).toMatchObject({ runsOn: 'given', version: server.version });
    await given.stop();
    expect(await query(server, 'RETURN true')).toEqual([true]);
  });

  test('says that the password is wrong', async () => {
    const start = startLocalNeo4j({ uri: server.uri, password: 'some-other-password' });
    await expect(start).rejects.toMatchObject({ code: 'NEO4J_LOGIN_FAILED', username: 'neo4j' });
  });

  test('does not share its data folder, and shows the log of the one that failed', async () => {
    const start = startLocalNeo4j({ dataDir: folder, password: server.password });
    await expect(start).rejects.toMatchObject({ code: 'NEO4J_START_FAILED', logTail: expect.stringContaining('lock') });
  });

  test('comes back with its data after a kill, on the same port', async () => {
    await server.kill();
    await expect(startLocalNeo4j({ uri: server.uri })).rejects.toMatchObject({ code: 'NEO4J_UNREACHABLE' });
    await server.restart();
    expect(await query(server, 'MATCH (n:Kept) RETURN count(n)')).toEqual([neo4j.int(1)]);
  });

  test('keeps the data folder when it stops', async () => {
    await server.stop();
    expect(await readdir(folder)).toContain('data');
  });
});

test('a temporary data folder is gone after the stop', async () => {
  const server = await startLocalNeo4j();
  const home = server.dataDir ?? '';
  expect((await stat(home)).isDirectory()).toBe(true);
  await server.stop();
  await eventually(() => expect(stat(home)).rejects.toMatchObject({ code: 'ENOENT' }));
});

test('an aborted start leaves nothing behind', async () => {
  const abort = new AbortController();
  const onProgress = (line: string) => {
    if (line.startsWith('Starting')) abort.abort(new Error('changed my mind'));
  };
  await expect(startLocalNeo4j({ signal: abort.signal, onProgress })).rejects.toThrow('changed my mind');
});

describe('what is missing', () => {
  test('Java and Docker: says so before anything is fetched', async () => {
    vi.stubEnv('PATH', folder);
    vi.stubEnv('JAVA_HOME', '');
    await expect(startLocalNeo4j()).rejects.toMatchObject({ code: 'JAVA_NOT_FOUND' });
  });

  test('a port taken by something that is not Neo4j', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startLocalNeo4j({ port })).rejects.toMatchObject({ code: 'NEO4J_PORT_IN_USE', port });
    other.close();
  });

  test('every wrong option is named', async () => {
    const start = startLocalNeo4j({ port: 70_000, password: 'short', uri: 'http://localhost' });
    await expect(start).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      problems: [expect.stringMatching(/^uri:/), expect.stringMatching(/^port:/), expect.stringMatching(/^password:/)],
    });
  });
});

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@hartonomous/test-support';
import neo4j from 'neo4j-driver';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { classArchiveFile } from '../src/class-archive.ts';
import { cacheFolder } from '../src/distribution.ts';
import { defaultNeo4jVersion, findJava, type LocalNeo4j, newestNeo4jVersion, startLocalNeo4j } from '../src/index.ts';

async function query(server: LocalNeo4j, cypher: string): Promise<unknown[]> {
  await using driver = neo4j.driver(server.uri, neo4j.auth.basic(server.username, server.password));
  const { records } = await driver.executeQuery(cypher);
  return records.map((record) => record.get(0));
}

// A start takes 8 seconds on an idle machine; beside other work it has taken a minute.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** An installed Java of a version, as far as asking for its version goes. */
async function installJava(home: string, version: string): Promise<string> {
  await mkdir(join(home, 'bin'), { recursive: true });
  const answer = `    java.home = ${home}\nopenjdk version "${version}" 2025-04-15`;
  await writeFile(join(home, 'bin', 'java'), `#!/bin/sh\necho '${answer}' >&2\n`, { mode: 0o755 });
  return home;
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

  test.skipIf(process.platform === 'win32')(
    'loads its classes from the archive, without a complaint of Java',
    async () => {
      const { build } = await findJava({ neo4jVersion: defaultNeo4jVersion });
      const archive = classArchiveFile(join(cacheFolder(), `neo4j-${defaultNeo4jVersion}`, 'lib'), build);
      // Another test file may be making it; this server has started without one then.
      await eventually(() => expect(existsSync(archive)).toBe(true), { timeoutMs: 120_000 });
      expect(await readFile(join(folder, 'logs', 'console.log'), 'utf8')).not.toMatch(/\[cds|shared class|archive/i);
    },
  );

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

  test.skipIf(process.platform === 'win32')(
    'a Java that is new enough: names what was found and what is needed',
    async () => {
      const home = await installJava(join(folder, 'old'), '17.0.15');
      vi.stubEnv('PATH', join(home, 'bin'));
      vi.stubEnv('JAVA_HOME', '');
      vi.stubEnv('HOME', folder);
      const version = newestNeo4jVersion;
      const tooOld = {
        code: 'JAVA_TOO_OLD',
        needed: 21,
        found: 17,
        message: expect.stringContaining(`Neo4j ${version}`),
      };
      await expect(startLocalNeo4j({ version })).rejects.toMatchObject(tooOld);
      await expect(startLocalNeo4j({ version, javaHome: home })).rejects.toMatchObject(tooOld);
      await expect(startLocalNeo4j({ javaHome: folder })).rejects.toMatchObject({ code: 'JAVA_NOT_FOUND' });
    },
  );

  test.skipIf(process.platform === 'win32')('on PATH, but beside it: takes the oldest that will do', async () => {
    const installed = join(folder, 'installed');
    const home = await installJava(join(installed, 'java-17'), '17.0.15');
    for (const version of ['25.0.1', '21.0.9', '8.0.1']) await installJava(join(installed, `java-${version}`), version);
    vi.stubEnv('PATH', `${join(home, 'bin')}:/bin:/usr/bin`);
    vi.stubEnv('JAVA_HOME', '');
    vi.stubEnv('HOME', folder);
    const found = await findJava({ neo4jVersion: newestNeo4jVersion });
    expect(found).toMatchObject({ version: 21, home: join(installed, 'java-21.0.9') });
    expect(await findJava({ neo4jVersion: defaultNeo4jVersion })).toMatchObject({ version: 17, path: 'java' });
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

import { createHash } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { pendingSwitch } from '../../src/release/recover-pending.ts';
import {
  currentRelease,
  installedReleases,
  markPending,
  pointTo,
  releaseFolders,
} from '../../src/release/release-folders.ts';
import { type ReleaseEntry, readJournal, recordRelease } from '../../src/release/release-journal.ts';
import { takeReleaseLock } from '../../src/release/release-lock.ts';
import { stageArtifact } from '../../src/release/stage-artifact.ts';
import { runProgram } from '../../src/service/run-program.ts';
import { workerServices } from '../../src/service/worker-services.ts';

const { signal } = new AbortController();
const service = workerServices[0]!;

async function worker() {
  const root = await mkdtemp(join(tmpdir(), 'releases-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const folders = releaseFolders(root, service);
  await mkdir(folders.releases, { recursive: true });
  return { root, folders };
}

const manifest = { name: 'neo4j-sync', version: '1.2.3', commit: '0123456789abcdef0123456789abcdef01234567' };

/** A folder as `pnpm artifacts` makes it. */
async function artifact(root: string, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(root, 'artifact-'));
  const files = { 'main.js': 'run();\n', 'package.json': JSON.stringify(manifest), ...changes };
  let sums = '';
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    sums += `${createHash('sha256').update(text).digest('hex')}  ${name}\n`;
  }
  await writeFile(join(folder, 'SHA256SUMS'), sums);
  return folder;
}

test('an artifact gets its place, once, from a folder and from an archive', async () => {
  const { root, folders } = await worker();
  const source = await artifact(root);
  const release = await stageArtifact(source, service, folders, signal);
  expect(release).toMatchObject({
    name: '1.2.3-0123456789ab',
    programVersion: '1.2.3 (0123456789ab)',
    databaseSchema: null,
  });
  const archive = join(root, 'neo4j-sync.tar.gz');
  await runProgram('tar', ['-czf', archive, '-C', root, source.slice(root.length + 1)], signal);
  expect(await stageArtifact(archive, service, folders, signal)).toEqual(release);
  expect(await installedReleases(folders)).toEqual(['1.2.3-0123456789ab']);
  expect(await readdir(folders.releases)).toEqual(['1.2.3-0123456789ab']);
});

test.each<[string, (folder: string) => Promise<void>, RegExp]>([
  ['a changed file', (folder) => appendFile(join(folder, 'main.js'), 'more();'), /main\.js: changed/],
  ['a file that is missing', (folder) => rm(join(folder, 'main.js')), /main\.js: missing/],
  ['a file more', (folder) => writeFile(join(folder, 'more.js'), ''), /more\.js: not in SHA256SUMS/],
  ['a link', (folder) => symlink('/etc/passwd', join(folder, 'link.js')), /link\.js .*neither a file nor a folder/],
  ['no checksums', (folder) => rm(join(folder, 'SHA256SUMS')), /There is no .*SHA256SUMS/],
])('refused, and nothing stays: %s', async (_, spoil, reason) => {
  const { root, folders } = await worker();
  const source = await artifact(root);
  await spoil(source);
  await expect(stageArtifact(source, service, folders, signal)).rejects.toMatchObject({
    code: 'RELEASE_ARTIFACT_INVALID',
    message: expect.stringMatching(reason),
  });
  expect(await readdir(folders.releases)).toEqual([]);
});

test('a link to a folder is taken as what it leads to, so that nobody can change what was checked', async () => {
  const { root, folders } = await worker();
  const source = await artifact(root);
  const link = join(root, 'latest');
  await symlink(source, link);
  const { name } = await stageArtifact(link, service, folders, signal);
  await rm(source, { recursive: true });
  expect(await installedReleases(folders)).toEqual([name]);
  expect(await readFile(join(folders.releases, name, 'main.js'), 'utf8')).toBe('run();\n');
});

test('an archive whose only entry is a link is refused', async () => {
  const { root, folders } = await worker();
  await symlink(await artifact(root), join(root, 'linked'));
  const archive = join(root, 'linked.tar.gz');
  await runProgram('tar', ['-czf', archive, '-C', root, 'linked'], signal);
  await expect(stageArtifact(archive, service, folders, signal)).rejects.toMatchObject({
    code: 'RELEASE_ARTIFACT_INVALID',
    message: expect.stringMatching(/isn't a folder/),
  });
  expect(await readdir(folders.releases)).toEqual([]);
});

test('files of an archive belong to who deploys it, not to whom the archive says', async () => {
  const { root, folders } = await worker();
  const source = await artifact(root);
  const archive = join(root, 'neo4j-sync.tar.gz');
  const others = ['--owner=12345', '--group=12345', '-czf', archive, '-C', root, source.slice(root.length + 1)];
  await runProgram('tar', others, signal);
  const { folder } = await stageArtifact(archive, service, folders, signal);
  expect((await stat(join(folder, 'main.js'))).uid).toBe(process.getuid?.());
});

test('a pipe in a folder is refused, and not waited for', async () => {
  const { root, folders } = await worker();
  const source = await artifact(root);
  await runProgram('mkfifo', [join(source, 'pipe.js')], signal);
  await expect(stageArtifact(source, service, folders, signal)).rejects.toThrow(
    /pipe\.js .*neither a file nor a folder/,
  );
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'another worker',
    { 'package.json': JSON.stringify({ ...manifest, name: 'api' }) },
    /is api, and no release of neo4j-sync/,
  ],
  [
    'no commit',
    { 'package.json': JSON.stringify({ ...manifest, commit: '../../x' }) },
    /lacks a name, version or commit/,
  ],
  ['no JSON', { 'package.json': 'x' }, /lacks a name, version or commit/],
])('refused: %s', async (_, changes, reason) => {
  const { root, folders } = await worker();
  const source = await artifact(root, changes);
  await expect(stageArtifact(source, service, folders, signal)).rejects.toThrow(reason);
});

test('two different builds of one commit are refused', async () => {
  const { root, folders } = await worker();
  await stageArtifact(await artifact(root), service, folders, signal);
  const other = await artifact(root, { 'main.js': 'other();\n' });
  await expect(stageArtifact(other, service, folders, signal)).rejects.toThrow(
    /another release 1\.2\.3-0123456789ab already/,
  );
});

test('current leads to a release, at one stroke; a folder of that name is not a link', async () => {
  const { folders } = await worker();
  expect(await currentRelease(folders)).toBeUndefined();
  for (const name of ['a', 'b']) {
    await mkdir(join(folders.releases, name));
    await pointTo(folders, name);
    expect(await currentRelease(folders)).toBe(name);
  }
  expect(await readlink(folders.current)).toBe(join('releases', 'b'));
  await rm(join(folders.releases, 'b'), { recursive: true });
  await expect(currentRelease(folders)).rejects.toThrow(/does not lead to a release/);
  await rm(folders.current);
  await mkdir(folders.current);
  await expect(currentRelease(folders)).rejects.toThrow(/it is a folder, and no link/);
});

test('one at a time; the lock of a process that is gone is taken over, that of another machine is not', async () => {
  const { folders } = await worker();
  {
    await using _lock = await takeReleaseLock(folders, 'anna', 'deploy');
    await expect(takeReleaseLock(folders, 'bert', 'deploy')).rejects.toMatchObject({
      code: 'RELEASE_LOCKED',
      message: expect.stringMatching(/^anna does a deploy of this worker since /),
    });
  }
  const gone = { owner: 'anna', pid: 2 ** 22 + 1, action: 'deploy', since: '2026-01-01T00:00:00Z' };
  await writeFile(folders.lock, JSON.stringify({ ...gone, host: hostname() }));
  {
    await using _lock = await takeReleaseLock(folders, 'bert', 'rollback');
    expect(await readFile(folders.lock, 'utf8')).toContain('"owner":"bert"');
  }
  await writeFile(folders.lock, JSON.stringify({ ...gone, host: 'elsewhere' }));
  await expect(takeReleaseLock(folders, 'bert', 'deploy')).rejects.toThrow(/on elsewhere/);
});

test('of many who find the lock of a process that is gone one takes it over', async () => {
  const { folders } = await worker();
  const gone = { owner: 'anna', pid: 2 ** 22 + 1, action: 'deploy', since: '2026-01-01T00:00:00Z', host: hostname() };
  for (let round = 0; round < 20; round++) {
    await writeFile(folders.lock, JSON.stringify(gone));
    // At different times, so that some have looked before others have taken it, and act after that.
    const takes = await Promise.allSettled(
      Array.from({ length: 40 }, async (_, index) => {
        for (let turn = 0; turn < index % 8; turn++) await setImmediate();
        return await takeReleaseLock(folders, `owner ${index}`, 'deploy');
      }),
    );
    const taken = takes.filter((take) => take.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    await taken[0]?.value[Symbol.asyncDispose]();
    expect((await readdir(folders.folder)).filter((name) => name.includes('lock'))).toEqual([]);
  }
});

test('the journal keeps its order, and a line that was cut off is counted', async () => {
  const { folders } = await worker();
  expect(await readJournal(folders)).toEqual({ entries: [], unreadable: 0 });
  const entry: ReleaseEntry = {
    ...{ at: '2026-01-01T00:00:00Z', who: 'anna', action: 'deploy', release: 'a', previous: null, version: '1.2.3' },
    ...{ commit: manifest.commit, checksum: 'ab', result: 'deployed', ms: 1, reason: null },
  };
  await recordRelease(folders, entry);
  // Without a line feed, as a kill or a full disk leaves it.
  await appendFile(folders.journal, '{"at":"2026-');
  await recordRelease(folders, { ...entry, release: 'b' });
  const { entries, unreadable } = await readJournal(folders);
  expect(entries.map(({ release }) => release)).toEqual(['a', 'b']);
  expect(unreadable).toBe(1);
});

test('a switch that was cut off is known, whole or not at all', async () => {
  const { folders } = await worker();
  expect(await pendingSwitch(folders)).toBeUndefined();
  await markPending(folders, { from: undefined, to: 'a' });
  expect(await pendingSwitch(folders)).toEqual({ from: undefined, to: 'a' });
  await markPending(folders, { from: 'a', to: 'b' });
  expect(await pendingSwitch(folders)).toEqual({ from: 'a', to: 'b' });
  expect(await readdir(folders.folder)).toEqual(['release.pending', 'releases']);
  for (const damaged of ['', '{"from":"a', '{}', 'null']) {
    await writeFile(folders.pending, damaged);
    await expect(pendingSwitch(folders)).rejects.toMatchObject({
      code: 'RELEASE_FOLDER_UNUSABLE',
      message: expect.stringContaining(folders.pending),
      action: expect.stringContaining('release rollback'),
    });
  }
});

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseProject } from '@hartonomous/provenance-schema';
import { repositoryRoot } from '@hartonomous/test-support';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { artifactNames, programArtifacts } from '../src/artifact-list.ts';
import { buildArtifacts } from '../src/build-artifacts.ts';
import { checksumText, filesOf, readChecksums } from '../src/checksums.ts';
import { readMetafile, startBytes } from '../src/metafile.ts';
import { verifyArtifacts } from '../src/verify-artifact.ts';
import { type BuiltArtifacts, buildAll, commit } from './built-artifacts.ts';

let built: BuiltArtifacts;

beforeAll(async () => {
  built = await buildAll(false);
});
afterAll(() => built[Symbol.asyncDispose]());

function run(name: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['main.js', ...args], {
    cwd: built.folder(name),
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: { readonly name: string } };
  readonly components?: readonly { readonly name: string; readonly group?: string; readonly purl?: string }[];
}

const sbomOf = (name: string) => JSON.parse(readFileSync(join(built.folder(name), 'sbom.cdx.json'), 'utf8')) as Sbom;

describe.each(programArtifacts)('the program $name', ({ name, command }) => {
  test('starts with Node alone and says what it is', () => {
    expect(run(name, '--help')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining(`Usage: ${command}`),
    });
    expect(run(name, '--version')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/\d+\.\d+\.\d+ \(0123456789ab\)\n$/),
    });
  });

  test('has settings, their schema and no password of a development server', async () => {
    const files = await filesOf(built.folder(name));
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSES.txt',
        'README.md',
        'SHA256SUMS',
        'appsettings.json',
        'appsettings.schema.json',
        'package.json',
        'sbom.cdx.json',
      ]),
    );
    expect(files.filter((file) => /Development|\.map$|\.d\.ts$|LEGAL/.test(file))).toEqual([]);
    expect(JSON.parse(readFileSync(join(built.folder(name), 'package.json'), 'utf8'))).toMatchObject({
      name,
      type: 'module',
      commit: commit.id,
    });
  });

  test('lists the packages in it, each with its licence', () => {
    const { components = [], metadata, serialNumber } = sbomOf(name);
    expect(metadata).toMatchObject({ timestamp: new Date(commit.seconds * 1000).toISOString(), component: { name } });
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    const names = components.map((one) => (one.group === undefined ? one.name : `${one.group}/${one.name}`));
    expect(names).toEqual(expect.arrayContaining(['@hartonomous/config-loader', 'mssql', 'tedious', 'zod']));
    expect(names.filter((one) => /^(?:vitest|tsup|esbuild|typescript|msnodesqlv8)$/.test(one))).toEqual([]);
    const licenses = readFileSync(join(built.folder(name), 'LICENSES.txt'), 'utf8');
    for (const one of names.filter((part) => !part.startsWith('@hartonomous/')))
      expect(licenses).toContain(`\n  ${one}`);
  });

  test('has no path of the machine that it was built on in it', async () => {
    for (const file of await filesOf(built.folder(name))) {
      expect(readFileSync(join(built.folder(name), file)).includes(repositoryRoot), file).toBe(false);
    }
  });
});

test.each(artifactNames)('the checksums of %s are those of its files, and of all of them', async (name) => {
  const folder = built.folder(name);
  const files = (await filesOf(folder)).filter((file) => file !== 'SHA256SUMS');
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(await checksumText(folder, files));
});

test('the database has every script that a deployment runs, also in the command line', () => {
  const scripts = [...databaseProject.objects.map(({ path }) => path), ...databaseProject.postDeployment];
  for (const folder of [built.folder('database'), join(built.folder('deploy-cli'), 'database')]) {
    expect(scripts.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
  }
  expect(sbomOf('database').metadata.component.name).toBe('database');
});

test('unpdf says that it has pdf.js in it, and the character maps are those of pdfjs-dist', () => {
  const names = sbomOf('ces-consumer').components?.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['unpdf', 'pdf.js', 'pdfjs-dist']));
  expect(readFileSync(join(built.folder('ces-consumer'), 'LICENSES.txt'), 'utf8')).toContain('Apache License');
});

test('hartonomous loads little before it knows which command it is', async () => {
  const metafile = await readMetafile(join(repositoryRoot, 'apps/deploy-cli/dist/metafile-esm.json'));
  expect(startBytes(metafile, 'dist/main.js')).toBeLessThan(600_000);
});

test('archives of an earlier run in the same folder stay listed, those that are gone do not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const build = async (name: string, archives = true): Promise<readonly string[]> => {
    await buildArtifacts({ root: repositoryRoot, out: folder, commit, names: [name], archives });
    return [...((await readChecksums(folder)) ?? new Map<string, string>()).keys()];
  };
  expect(await build('neo4j-sync')).toEqual(['neo4j-sync.tar.gz', 'neo4j-sync.zip']);
  expect(await build('database')).toEqual(['database.tar.gz', 'database.zip', 'neo4j-sync.tar.gz', 'neo4j-sync.zip']);
  expect(await Array.fromAsync(verifyArtifacts(folder))).toHaveLength(3);
  expect(await build('database', false)).toEqual(['neo4j-sync.tar.gz', 'neo4j-sync.zip']);
  expect(await build('neo4j-sync', false)).toEqual([]);
});

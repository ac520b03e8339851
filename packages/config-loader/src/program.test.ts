import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { programFolder, programVersion } from './program.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'dist'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('the folder of a program', () => {
  test.each(['main.js', 'dist/main.js'])('is the one with package.json, seen from %s', (file) => {
    const folder = folderWith({ 'package.json': '{"version":"1.2.3"}' });
    expect(programFolder(pathToFileURL(join(folder, file)).href).href).toBe(`${pathToFileURL(folder).href}/`);
  });

  test('without package.json is an error that names the module', () => {
    expect(() => programFolder('file:///nowhere-at-all/main.js')).toThrow(
      expect.objectContaining({
        code: 'PROGRAM_FOLDER_NOT_FOUND',
        message: expect.stringContaining('nowhere-at-all/main.js'),
      }),
    );
  });
});

describe('the version of a program', () => {
  test('has the commit where it was built from one', () => {
    const built = folderWith({
      'package.json': '{"version":"1.2.3","commit":"0123456789abcdef0123456789abcdef01234567"}',
    });
    expect(programVersion(pathToFileURL(`${built}/`))).toBe('1.2.3 (0123456789ab)');
    const source = folderWith({ 'package.json': '{"version":"1.2.3"}' });
    expect(programVersion(pathToFileURL(`${source}/`))).toBe('1.2.3');
  });
});

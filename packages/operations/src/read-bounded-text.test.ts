import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readBoundedText } from './read-bounded-text.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'bounded-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

test('a file is read to its end, up to the limit', async () => {
  const file = join(await folder(), 'a');
  await writeFile(file, 'ä'.repeat(100_000));
  expect(await readBoundedText(file, 200_000)).toBe('ä'.repeat(100_000));
  await expect(readBoundedText(file, 199_999)).rejects.toMatchObject({
    code: 'NOT_A_SMALL_FILE',
    message: `${file} has more than 199999 bytes.`,
  });
  await writeFile(file, '');
  expect(await readBoundedText(file, 0)).toBe('');
});

test.runIf(process.platform === 'linux')('a pipe, a device and a folder are refused at once', async () => {
  const pipe = join(await folder(), 'pipe');
  execFileSync('/usr/bin/mkfifo', [pipe]);
  for (const path of [pipe, '/dev/zero', tmpdir()]) {
    await expect(readBoundedText(path, 10)).rejects.toMatchObject({ code: 'NOT_A_SMALL_FILE' });
  }
  // It says that it has no bytes.
  expect(await readBoundedText('/proc/self/status', 100_000)).toContain('VmRSS');
  await expect(readBoundedText('/proc/self/status', 10)).rejects.toMatchObject({ code: 'NOT_A_SMALL_FILE' });
});

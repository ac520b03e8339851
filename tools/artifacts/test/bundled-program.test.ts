import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '@hartonomous/test-support';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

test('a program is built again where its folders and its own output are already there', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hartonomous-bundle-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const app = join(root, 'apps/one');
  const write = async (name: string, text: string) => {
    await mkdir(join(app, name, '..'), { recursive: true });
    await writeFile(join(app, name), text);
  };
  await write('package.json', '{"name":"one","type":"module"}');
  await write('build/page/index.html', 'the page');
  await write(
    'src/main.ts',
    "export const copied = new URL('../build/page/', import.meta.url);\n" +
      "export const own = new URL('../dist/made/', import.meta.url);\n",
  );
  await write(
    'tsup.config.mjs',
    `import { bundledProgram } from ${JSON.stringify(join(repositoryRoot, 'tsup.bundle.ts'))};\n` +
      "export default bundledProgram({ entry: { main: 'src/main.ts' }, external: [] });\n",
  );
  const build = async () => {
    const tsup = join(repositoryRoot, 'node_modules/tsup/dist/cli-default.js');
    await run(process.execPath, [tsup, '--silent'], { cwd: app });
    return await readFile(join(app, 'dist/main.js'), 'utf8');
  };
  const first = await build();
  await write('dist/made/style.css', 'what another build left in the output');
  expect(await build()).toBe(first);
  expect(await readFile(join(app, 'dist/page/index.html'), 'utf8')).toBe('the page');
  expect(first).toContain('new URL("./page/",import.meta.url)');
  expect(first).toContain('"../dist/made/"');
});

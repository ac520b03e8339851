import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunnableCommand, runnableCommands } from './runnable-commands.ts';

const root = join(import.meta.dirname, '../../../..');
const pages = [
  'README.md',
  ...globSync('docs/*.md', { cwd: root }),
  ...globSync('{apps,packages,tools}/*/README.md', { cwd: root }),
];
const commands = pages.flatMap((page) => runnableCommands(page, readFileSync(join(root, page), 'utf8')));

/** How the programs that pages name are started here. */
const programs: Readonly<Record<string, readonly string[]>> = {
  hartonomous: ['--conditions=@hartonomous/source', join(root, 'apps/deploy-cli/src/main.ts')],
};

async function run({
  words: [program = '', ...args],
}: RunnableCommand): Promise<{ code: number | null; output: string }> {
  const start = programs[program] ?? expect.fail(`${program} is not a program that pages may run`);
  // Somewhere else, so that nothing of the reader's is read or written; without the settings of the person who runs the tests.
  const child = spawn(process.execPath, [...start, ...args], { cwd: tmpdir(), env: { PATH: process.env.PATH } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

test('commands are those of marked blocks alone, without comments', () => {
  const page = '```sh runnable\nhartonomous a  # why\n\n```\n\n```sh\nhartonomous b\n```\n';
  expect(runnableCommands('x.md', page)).toEqual([{ page: 'x.md', line: 2, words: ['hartonomous', 'a'] }]);
});

test('pages have commands that can be run', () => {
  expect(commands.length).toBeGreaterThan(0);
});

test.each(commands)('$page:$line runs: $words', async (command) => {
  const { code, output } = await run(command);
  // A dry run that would change something, as a reader sees it on a machine that has nothing yet.
  expect(code, output).toBe(command.words.includes('--dry-run') ? 10 : 0);
});

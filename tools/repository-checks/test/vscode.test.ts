import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const read = (name: string): unknown => JSON.parse(readFileSync(join(root, '.vscode', name), 'utf8'));

const { tasks } = z
  .object({
    tasks: z.array(
      z.object({
        label: z.string(),
        args: z.array(z.string()),
        isBackground: z.literal(true),
        problemMatcher: z.object({ background: z.object({ beginsPattern: z.string(), endsPattern: z.string() }) }),
      }),
    ),
  })
  .parse(read('tasks.json'));
const { configurations } = z
  .object({ configurations: z.array(z.object({ name: z.string(), program: z.string() })) })
  .parse(read('launch.json'));

test.each(tasks)('$label starts an app and knows when it is ready', ({ args, problemMatcher: { background } }) => {
  const app = args[args.indexOf('--filter') + 1]?.replace('@hartonomous/', 'apps/') ?? '';
  expect(readFileSync(join(root, app, 'package.json'), 'utf8')).toContain('"start"');
  // The lines of every queue worker; its own tests hold them.
  expect('Neo4j Sync Worker starting...').toMatch(new RegExp(background.beginsPattern));
  expect('Polling Neo4jSyncQueue for messages...').toMatch(new RegExp(background.endsPattern));
});

test('the runbook’s task is there', () => {
  expect(tasks.map(({ label }) => label)).toContain('Run Neo4jSyncWorker');
});

test.each(configurations)('$name starts a program that is there', ({ program }) => {
  const path = program.replace(/^\$\{workspaceFolder\}\//, '');
  expect(existsSync(join(root, path))).toBe(true);
});

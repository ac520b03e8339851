import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CommandContext } from './command-context.ts';
import { commandGroups } from './command-groups.ts';

const context: CommandContext = {
  env: {},
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  signal: new AbortController().signal,
  finish: () => undefined,
  useOutput: () => undefined,
};

test('what the list of commands shows before they are loaded is what they are', async () => {
  const program = new Command();
  for (const { add } of commandGroups) await add(program, context);
  const loaded = program.commands.map((command) => ({ name: command.name(), description: command.description() }));
  expect(commandGroups.flatMap(({ commands }) => commands)).toEqual(loaded);
});

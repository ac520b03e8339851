import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { CommandContext } from '../src/commands/command-context.ts';
import { allCommands, commandGroups } from '../src/commands/command-groups.ts';
import { hartonomous } from './hartonomous.ts';

const silent = { write: () => undefined };
const context: CommandContext = {
  env: {},
  stdout: silent,
  stderr: silent,
  signal: new AbortController().signal,
  finish: () => undefined,
  useOutput: () => undefined,
};

/** Every command that does something, with its path. */
function leaves(command: Command, path: readonly string[] = []): { path: readonly string[]; command: Command }[] {
  const below = command.commands.flatMap((sub) => leaves(sub, [...path, sub.name()]));
  const acts = path.length > 0 && (command.commands.length === 0 || command.registeredArguments.length > 0);
  return acts ? [{ path, command }, ...below] : below;
}

const commands = leaves(await allCommands(context));

test('the table of commands has every command that there is, once', async () => {
  const program = await allCommands(context);
  const listed = commandGroups.flatMap((group) => group.commands.map(({ name }) => name));
  expect(program.commands.map((command) => command.name()).sort()).toEqual([...listed].sort());
  expect(commands.length).toBeGreaterThan(40);
});

describe.each(commands.map(({ path, command }) => [path.join(' '), path, command] as const))(
  '%s',
  (_, path, command) => {
    test('has help with an example and its exit codes, in 80 columns, and --json', async () => {
      const { exitCode, stdout, stderr } = await hartonomous([...path, '--help']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^Examples?:\n {2}.*hartonomous /m);
      expect(stdout).toMatch(/\bExit code\s0:\s/);
      expect(stdout).toMatch(/\b2:\s/);
      expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
      expect(command.description()).not.toBe('');
      expect(command.options.map(({ long }) => long)).toContain('--json');
    });
  },
);
